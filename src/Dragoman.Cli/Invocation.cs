using System.CommandLine;
using System.CommandLine.Invocation;

namespace Dragoman.Cli;

/// <summary>Runs a command line, and has the last word on what goes wrong: a sentence on standard error for what a person can mend, never a page of stack trace.</summary>
internal static class Invocation
{
    /// <summary>Runs it; returns the program's exit code.</summary>
    public static async Task<int> RunAsync(ParseResult parsed)
    {
        // Help, version and completion do their work whatever else is on the line.
        var runsCommand = parsed.Action is null or ParseErrorAction || parsed.Action == parsed.CommandResult.Command.Action;
        if (runsCommand && UsageErrors.Of(parsed) is { Count: > 0 } wrong) return Complain(string.Join(Environment.NewLine, wrong));
        try
        {
            // Signals are the web host's business: the library would end the process after two seconds, in the middle of answers.
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }
        catch (FileNotFoundException gone) when (gone.FileName is null)
        {
            // getcwd has no other words for it.
            return Complain("The folder in which this was started is no longer there. Change into one that is.");
        }
        catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
        {
            // Standard output that can't be written, for one: a full disk, or none at all.
            return Complain((taken.InnerException as IOException ?? taken).Message);
        }
        catch (OperationCanceledException)
        {
            Complain("Interrupted.");
            return ExitCodes.Interrupted;
        }
        catch (Exception defect)
        {
            return Complain($"This is a defect of Dragoman itself; please report it with the lines that follow.{Environment.NewLine}{defect}");
        }
    }

    private static int Complain(string message)
    {
        try
        {
            Terminal.Complain(message);
        }
        catch (IOException)
        {
            // Standard error can't be written either; the exit code remains.
        }

        return ExitCodes.Failed;
    }
}
