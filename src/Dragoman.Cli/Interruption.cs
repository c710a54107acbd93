using System.Runtime.InteropServices;

namespace Dragoman.Cli;

/// <summary>
/// Ctrl-C and SIGTERM for commands that take their time. The web host, where a command has one, would swallow both: it means to end answers first.
/// </summary>
internal static class Interruption
{
    /// <summary>Runs a command that ends when the user says so.</summary>
    /// <exception cref="CliException">The user has said so: exit code 130 or 143, as a shell counts a program that was ended by the signal.</exception>
    public static async Task<int> HeedAsync(Func<CancellationToken, Task<int>> command, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var exitCode = 0;
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            var code = signal.Signal == PosixSignal.SIGINT ? ExitCodes.Interrupted : ExitCodes.Terminated;
            // The second time: it hangs in something that doesn't listen.
            if (Interlocked.Exchange(ref exitCode, code) != 0) Environment.Exit(code);
            stop.Cancel();
        }

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await command(stop.Token);
        }
        catch (OperationCanceledException) when (exitCode != 0)
        {
            throw new CliException("Interrupted.", exitCode);
        }
    }
}
