using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dragoman.Cli.Launch;

/// <summary>Runs a client that owns the terminal while it runs.</summary>
internal static class ChildClient
{
    /// <summary>Runs it to its end; returns its exit code (128 and the signal's number when a signal ended it).</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">It can't be started.</exception>
    public static async Task<int> RunAsync(ProcessStartInfo start)
    {
        using var process = new Process { StartInfo = start };
        // Registered before the start, so that no signal ends this program alone; a child begins with the system's own ways.
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Pass(process, signal, onlyToOne: !Console.IsInputRedirected));
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => Pass(process, signal, onlyToOne: !Console.IsInputRedirected));
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Pass(process, signal, onlyToOne: false));
        using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Pass(process, signal, onlyToOne: false));
        process.Start();
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    // Ctrl-C at a terminal reaches all programs in its foreground: the client has got it already, and what it means is the client's to say.
    private static void Pass(Process process, PosixSignalContext signal, bool onlyToOne)
    {
        signal.Cancel = true;
        if (onlyToOne || OperatingSystem.IsWindows()) return;
        try
        {
            // It may have ended this moment; then there is nobody to tell.
            if (!process.HasExited) _ = SendSignal(process.Id, Number(signal.Signal));
        }
        catch (InvalidOperationException)
        {
            // Not started yet: the client, once it runs, gets the next one.
        }
    }

    // POSIX: the same numbers on Linux and macOS.
    private static int Number(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        _ => 15,
    };

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
