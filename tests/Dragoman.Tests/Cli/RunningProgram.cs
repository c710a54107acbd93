using System.Diagnostics;
using System.Text;

namespace Dragoman.Tests.Cli;

/// <summary>What the program has left behind.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All of its standard output.</param>
/// <param name="Errors">All of its standard error.</param>
internal sealed record ProgramOutcome(int ExitCode, string Output, string Errors)
{
    /// <summary>The whole story, for the message of a failed test.</summary>
    public override string ToString() => $"exit code {ExitCode}\n--- standard output ---\n{Output}\n--- standard error ---\n{Errors}";
}

/// <summary>The real program <c>dragoman</c> in a process of its own, in an environment that holds nothing of the machine's user, and in an empty folder.</summary>
internal sealed class RunningProgram : IDisposable
{
    // A command answers within a second or two; on a busy machine it may take much longer to start.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private static string Executable => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "dragoman.exe" : "dragoman");

    private RunningProgram(string executable, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, string? folder)
    {
        var home = folder ?? Directory.CreateTempSubdirectory("dragoman-program-").FullName;
        var start = new ProcessStartInfo(executable, arguments)
        {
            WorkingDirectory = home,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = home;
        start.Environment["HOME"] = home;
        // The framework that runs the tests also runs the program, wherever it is installed.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
    }

    /// <summary>What it has printed so far.</summary>
    public string Output => Text(_output);

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it; <paramref name="input"/> is its standard input, which ends there. Null: an input that never ends.</summary>
    public static RunningProgram Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null, string? input = "") =>
        Started(new RunningProgram(Executable, arguments, environment, folder), input);

    /// <summary>Starts a line of the shell, in which <c>$0</c> is the program.</summary>
    public static RunningProgram StartShell(string line, string folder) => Started(new RunningProgram("/bin/sh", ["-c", line, Executable], environment: null, folder), input: "");

    private static RunningProgram Started(RunningProgram program, string? input)
    {
        program._process.Start();
        if (input is not null)
        {
            program._process.StandardInput.Write(input);
            program._process.StandardInput.Close();
        }

        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<ProgramOutcome> RunAsync(params IEnumerable<string> arguments)
    {
        using var program = Start(arguments);
        return await program.EndAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="TimeoutException">It doesn't end; the message has its output.</exception>
    public async Task<ProgramOutcome> EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"dragoman did not end within {Limit.TotalSeconds:0} s.\n{Text(_output)}\n{Text(_errors)}", late);
        }

        return new ProgramOutcome(_process.ExitCode, Text(_output), Text(_errors));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
