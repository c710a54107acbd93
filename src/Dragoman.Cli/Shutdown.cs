using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;

using Spectre.Console;

namespace Dragoman.Cli;

/// <summary>How the gateway ends: no new requests, and the open answers may end, for as long as the host's shutdown time-out says (30 s).</summary>
internal static class Shutdown
{
    // Nobody needs to be told of a wait that is over before it is read.
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for SIGTERM or Ctrl-C, then for the open answers. A second signal cuts them.</summary>
    public static async Task WaitAsync(WebApplication app)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (app.Lifetime.ApplicationStopping.Register(told.SetResult)) await told.Task;
        using var hurry = new CancellationTokenSource();
        void Cut(PosixSignalContext signal)
        {
            signal.Cancel = true;
            hurry.Cancel();
        }

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cut);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cut);
        var stopped = app.StopAsync(hurry.Token);
        await Task.WhenAny(stopped, Task.Delay(Noticeable, CancellationToken.None));
        if (!stopped.IsCompleted) Terminal.Error.MarkupLine("Stopping as soon as the open answers have ended, in 30 s at the latest. Ctrl-C again cuts them.");
        await stopped;
    }
}
