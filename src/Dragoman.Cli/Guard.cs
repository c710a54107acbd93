namespace Dragoman.Cli;

/// <summary>Runs a command; what goes wrong is said in a sentence on standard error, and in the exit code.</summary>
internal static class Guard
{
    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (ConfigException wrong)
        {
            foreach (var problem in wrong.Problems) Say(problem, ExitCodes.Wrong);
            return ExitCodes.Wrong;
        }
        catch (CliException failed)
        {
            return Say(failed.Message, failed.ExitCode);
        }
        catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
        {
            return Say(taken.Message, ExitCodes.Failed);
        }
    }

    private static int Say(string message, int exitCode)
    {
        Terminal.Complain(message);
        return exitCode;
    }
}
