namespace Dragoman.ClientTests.Processes;

/// <summary>What a finished program has left behind.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All of its standard output.</param>
/// <param name="Errors">All of its standard error.</param>
internal sealed record ProcessOutcome(int ExitCode, string Output, string Errors)
{
    /// <summary>The whole story, for the message of a failed test.</summary>
    public override string ToString() => $"exit code {ExitCode}\n--- standard output ---\n{Output}\n--- standard error ---\n{Errors}";
}
