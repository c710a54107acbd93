using System.Diagnostics;

namespace Dragoman.Bench;

/// <summary>Commands of the shell.</summary>
internal static class Shell
{
    /// <summary>Starts a command whose output goes to a file. Ending its tree is the caller's business.</summary>
    public static Process Start(string command, string logFile, IReadOnlyDictionary<string, string> environment, string folder)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec {command} > '{logFile}' 2>&1"]) { WorkingDirectory = folder };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs a command; returns what it wrote to its standard output.</summary>
    public static async Task<string> OutputAsync(string command, IReadOnlyDictionary<string, string>? environment = null) => (await RunAsync(command, environment)).Output;

    /// <summary>Runs a command; its exit code and its output.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string command, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder ?? Environment.CurrentDirectory };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output.Trim());
    }
}
