using System.Diagnostics;
using Dragoman.ClientTests.Processes;
using Dragoman.ClientTests.Worlds;

namespace Dragoman.ClientTests.Clients;

/// <summary>The program as a newcomer has it: a fresh home, nothing configured, an environment that holds only what a test puts there.</summary>
internal sealed class Launched : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _environment;
    private readonly List<Process> _started = [];
    private IReadOnlyList<string> _entering = [];

    /// <summary>With a PATH of the system's programs and of the given folders.</summary>
    public Launched(params string[] programs)
    {
        WorkingDirectory = _directory.Folder("project");
        _environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = _directory.Folder("home"),
            ["PATH"] = string.Join(Path.PathSeparator, [.. programs, "/usr/local/bin", "/usr/bin", "/bin"]),
            ["DOTNET_ROOT"] = GatewayProcess.RuntimeRoot,
            // No server of this machine, and time enough on a busy one.
            ["DRAGOMAN_SERVERS"] = "none",
            ["DRAGOMAN_DISCOVERY_SECONDS"] = "20",
            // A gateway that somebody runs on the usual port is none of ours.
            ["PORT"] = "0",
        };
    }

    /// <summary>Its home.</summary>
    public string Home => _environment["HOME"];

    /// <summary>Where it runs.</summary>
    public string WorkingDirectory { get; }

    /// <summary>Sets an environment variable.</summary>
    public Launched With(string name, string value)
    {
        _environment[name] = value;
        return this;
    }

    /// <summary>On a machine with these servers at their usual ports, and with nothing in the environment but HOME and PATH (and where .NET is).</summary>
    public Launched Among(UsualPorts ports)
    {
        foreach (var name in _environment.Keys.Except(["HOME", "PATH", "DOTNET_ROOT"], StringComparer.Ordinal)) _environment.Remove(name);
        _entering = ports.Entering;
        return this;
    }

    /// <summary>Puts a client of one's own into PATH: a shell script.</summary>
    public Launched WithScript(string name, string body)
    {
        var folder = _directory.Folder("scripts");
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, $"#!/bin/sh\n{body}\n");
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("The tests' clients are shell scripts.");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _environment["PATH"] = $"{folder}:{_environment["PATH"]}";
        return this;
    }

    /// <summary>Runs the program to its end.</summary>
    public Task<ProcessOutcome> RunAsync(params string[] arguments)
    {
        string[] command = [.. _entering, Installed.Gateway, .. arguments];
        return ClientProcess.RunAsync(command[0], command[1..], _environment, WorkingDirectory);
    }

    /// <summary>Runs it to its end in a pseudo-terminal (util-linux's <c>script</c>); what it wrote to either output is the outcome's output.</summary>
    public Task<ProcessOutcome> RunInTerminalAsync(params string[] arguments) =>
        ClientProcess.RunAsync("/usr/bin/script", ["-qec", "exec " + string.Join(' ', ((string[])[Installed.Gateway, .. arguments]).Select(argument => $"'{argument}'")), "/dev/null"], _environment, WorkingDirectory);

    /// <summary>Starts it in a terminal with a screen.</summary>
    public Task<TmuxTerminal> StartInTmuxAsync(int columns, int rows, params string[] arguments) =>
        TmuxTerminal.StartAsync([.. _entering, Installed.Gateway, .. arguments], _environment, WorkingDirectory, columns, rows);

    /// <summary>Starts it; what still runs when the test is over is ended.</summary>
    public Process Start(params string[] arguments)
    {
        string[] command = [.. _entering, Installed.Gateway, .. arguments];
        var process = Process.Start(ClientProcess.StartInfo(command[0], command[1..], _environment, WorkingDirectory))!;
        _started.Add(process);
        return process;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        _directory.Dispose();
    }
}
