namespace Dragoman.Cli;

/// <summary>A command can't do what it was asked for; the message says what to do instead.</summary>
internal sealed class CliException(string message, int exitCode) : Exception(message)
{
    /// <summary>The program's exit code: one of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>What the program's exit code says; docs/cli.md has the table.</summary>
internal static class ExitCodes
{
    /// <summary>All is well.</summary>
    public const int Good = 0;

    /// <summary>It failed: a port is taken, a gateway doesn't answer, the command line isn't understood.</summary>
    public const int Failed = 1;

    /// <summary>The settings are wrong.</summary>
    public const int Wrong = 2;

    /// <summary>Ctrl-C has ended it; as a shell counts it.</summary>
    public const int Interrupted = 130;

    /// <summary>SIGTERM has ended it; as a shell counts it.</summary>
    public const int Terminated = 143;

    /// <summary>The client isn't installed; what a shell answers for a command that it doesn't find.</summary>
    public const int NotInstalled = 127;
}
