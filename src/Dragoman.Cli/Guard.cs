using Dragoman.Messages;
using Dragoman.Providers;

namespace Dragoman.Cli;

/// <summary>Around every command: what goes wrong is said in a sentence on standard error, and in the exit code. Nobody sees a stack trace who hasn't asked for one.</summary>
internal static class Guard
{
    /// <summary>The environment variable that has the details of a defect printed.</summary>
    public const string DetailsVariable = "DRAGOMAN_DEBUG";

    private static bool _details;

    /// <summary>
    /// Prepares for defects: on threads that no command waits for, too. Details are for those who set <see cref="DetailsVariable"/>, or ask for a verbose log anyway.
    /// </summary>
    public static void Prepare(IEnumerable<string> arguments)
    {
        _details = Environment.GetEnvironmentVariable(DetailsVariable) is { Length: > 0 } || arguments.Any(argument => argument is "-v" or "--verbose");
        AppDomain.CurrentDomain.UnhandledException += static (_, defect) =>
        {
            // The runtime would print its own page and abort.
            Environment.Exit(Report(defect.ExceptionObject as Exception, Complain, _details));
        };
    }

    /// <summary>Runs a command.</summary>
    /// <param name="command">The command; returns its exit code.</param>
    /// <param name="complain">Takes what is wrong, a line each; null: standard error.</param>
    /// <param name="details">Whether the place of a defect is told, too; null: as it was prepared.</param>
    public static async Task<int> RunAsync(Func<Task<int>> command, Action<string>? complain = null, bool? details = null)
    {
        complain ??= Complain;
        try
        {
            return await command();
        }
        catch (ConfigException wrong)
        {
            foreach (var problem in wrong.Problems) complain(problem);
            return ExitCodes.Wrong;
        }
        catch (CliException failed)
        {
            complain(failed.Message);
            return failed.ExitCode;
        }
        catch (FileNotFoundException gone) when (gone.FileName is null)
        {
            // getcwd has no other words for it.
            complain("The folder in which this was started is no longer there. Change into one that is.");
            return ExitCodes.Failed;
        }
        catch (Exception refused) when (refused is UpstreamException or InvalidRequestException or IOException or UnauthorizedAccessException)
        {
            // Standard output that can't be written, for one: a full disk, or none at all. What the system says of it is inside.
            complain((refused.InnerException as IOException ?? refused).Message);
            return ExitCodes.Failed;
        }
        catch (Exception defect)
        {
            return Report(defect, complain, details ?? _details);
        }
    }

    private static void Complain(string message)
    {
        try
        {
            Terminal.Complain(message);
        }
        catch (IOException)
        {
            // Standard error can't be written either; the exit code remains.
        }
    }

    private static int Report(Exception? defect, Action<string> complain, bool details)
    {
        var what = defect is null ? "an error that is none of .NET's" : $"{defect.GetType().Name}: {defect.Message.ReplaceLineEndings(" ")}";
        complain($"This should not happen: {what}. Please report it, with the command and, if you can, its output with {DetailsVariable}=1.");
        if (details && defect is not null) complain(defect.ToString());
        return ExitCodes.Failed;
    }
}
