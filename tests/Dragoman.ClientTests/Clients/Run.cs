using System.Diagnostics;
using System.Text;

namespace Dragoman.ClientTests.Clients;

/// <summary>A program that was run to its end.</summary>
internal sealed record Run(int ExitCode, string Output, string Errors)
{
    /// <summary>Runs a program with exactly the given environment; it is killed with its children after <paramref name="limit"/>.</summary>
    public static async Task<Run> ProgramAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string folder, TimeSpan limit)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder } };
        process.StartInfo.Environment.Clear();
        process.StartInfo.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var (name, value) in environment) process.StartInfo.Environment[name] = value;
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Path.GetFileName(program)} did not end within {limit.TotalSeconds} s.\n{output}\n{errors}", late);
        }

        return new Run(process.ExitCode, output.ToString(), errors.ToString());
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            if (line is not null) text.Append(line).Append('\n');
        }
    }
}
