using System.Diagnostics;
using System.Text;

namespace Dragoman.ClientTests.Processes;

/// <summary>Runs a client to its end, in an environment that holds nothing of the machine's user.</summary>
internal static class ClientProcess
{
    // A client's run against a simulated upstream takes about a second, on a busy machine several; only one that retries for ever takes this long.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program with nothing on its standard input.</summary>
    /// <param name="program">The file to run.</param>
    /// <param name="arguments">Its arguments, one each.</param>
    /// <param name="environment">All of its environment but PATH.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <exception cref="TimeoutException">It ran longer than the limit and was killed; the message has its output.</exception>
    public static async Task<ProcessOutcome> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory)
    {
        using var process = new Process { StartInfo = StartInfo(program, arguments, environment, workingDirectory) };
        var output = new StringBuilder();
        var errors = new StringBuilder();
        process.OutputDataReceived += (_, line) => AppendLine(output, line.Data);
        process.ErrorDataReceived += (_, line) => AppendLine(errors, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Path.GetFileName(program)} did not end within {TimeLimit.TotalSeconds:0} s.\n{Text(output)}\n{Text(errors)}", late);
        }

        return new ProcessOutcome(process.ExitCode, Text(output), Text(errors));
    }

    /// <summary>How to start a program with exactly this environment, and PATH.</summary>
    public static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    private static void AppendLine(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
