using System.CommandLine;
using System.CommandLine.Invocation;

namespace Dragoman.Cli;

/// <summary>Runs a command line: what is wrong with it is a sentence instead of a page of help, what goes wrong after that is the <see cref="Guard"/>'s to say.</summary>
internal static class Invocation
{
    /// <summary>Runs it; returns the program's exit code.</summary>
    public static Task<int> RunAsync(ParseResult parsed) => Guard.RunAsync(() =>
    {
        // Help, version and completion do their work whatever else is on the line.
        var runsCommand = parsed.Action is null or ParseErrorAction || parsed.Action == parsed.CommandResult.Command.Action;
        if (runsCommand && UsageErrors.Of(parsed) is { Count: > 0 } wrong) throw new CliException(string.Join(Environment.NewLine, wrong), ExitCodes.Failed);
        // Signals are the web host's business: the library would end the process after two seconds, in the middle of answers. Its own handler of exceptions would print stack traces.
        return parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    });
}
