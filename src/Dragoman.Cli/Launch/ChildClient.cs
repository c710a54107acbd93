using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dragoman.Cli.Launch;

/// <summary>Runs a client that owns the terminal while it runs.</summary>
internal sealed class ChildClient : IDisposable
{
    private readonly Process _process;
    private readonly Lock _starting = new();
    private readonly List<PosixSignal> _early = [];
    private bool _started;

    private ChildClient(ProcessStartInfo start) => _process = new Process { StartInfo = start };

    /// <summary>Runs it to its end; returns its exit code (128 and the signal's number when a signal ended it).</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">It can't be started.</exception>
    public static async Task<int> RunAsync(ProcessStartInfo start)
    {
        using var client = new ChildClient(start);
        // Registered before the start, so that no signal ends this program alone; a child begins with the system's own ways.
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => client.Pass(signal, hasIt: !Console.IsInputRedirected));
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => client.Pass(signal, hasIt: !Console.IsInputRedirected));
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => client.Pass(signal, hasIt: false));
        using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => client.Pass(signal, hasIt: false));
        client.Start();
        await client._process.WaitForExitAsync(CancellationToken.None);
        return client._process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    // Not under the lock: it takes a while, in which the client may already run and be sent signals.
    private void Start()
    {
        _process.Start();
        lock (_starting)
        {
            _started = true;
            foreach (var signal in _early) Send(signal);
        }
    }

    // Ctrl-C at a terminal reaches all programs in its foreground: the client has got it already, and what it means is the client's to say.
    private void Pass(PosixSignalContext signal, bool hasIt)
    {
        signal.Cancel = true;
        if (hasIt || OperatingSystem.IsWindows()) return;
        lock (_starting)
        {
            if (_started) Send(signal.Signal);
            else _early.Add(signal.Signal);
        }
    }

    private void Send(PosixSignal signal)
    {
        // It may have ended this moment; then there is nobody to tell.
        if (!_process.HasExited) _ = SendSignal(_process.Id, Number(signal));
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
