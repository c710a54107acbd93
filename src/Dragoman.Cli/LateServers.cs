using Dragoman.Discovery;
using Dragoman.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Cli;

/// <summary>Looks again for servers on this machine while only the demo answers: one that is started later takes over without a restart.</summary>
internal sealed partial class LateServers : IAsyncDisposable
{
    // Whoever has started a server goes on at once; a few connections to this machine itself cost nothing.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly LiveGateway _live;
    private readonly Action<Discovered> _take;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _looking;

    private LateServers(LiveGateway live, Action<Discovered> take, TimeProvider time, ILogger log)
    {
        (_live, _take, _log) = (live, take, log);
        // What costs money was looked for at the start, and its key doesn't come by itself.
        _looking = LookAsync(new Discoverer(Surroundings.OfMachine.WithoutServices(), time), time);
    }

    /// <summary>Begins to look, when there is a reason to; otherwise null.</summary>
    /// <param name="found">What was found at the start; null when nothing was looked for.</param>
    /// <param name="live">The gateway.</param>
    /// <param name="take">Puts what was found to work.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it is said who has come.</param>
    public static LateServers? Start(Discovered? found, LiveGateway live, Action<Discovered> take, TimeProvider time, ILogger log) =>
        found is { Default: null } && Surroundings.OfMachine.Limit > TimeSpan.Zero ? new LateServers(live, take, time, log) : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        // It was started by the constructor, and nothing here has a context to wait in.
#pragma warning disable VSTHRD003
        await _looking;
#pragma warning restore VSTHRD003
        _ended.Dispose();
    }

    private async Task LookAsync(Discoverer discoverer, TimeProvider time)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            // A configuration that has come meanwhile says itself where models are.
            while (await timer.WaitForNextTickAsync(_ended.Token) && _live.Current.Options.UpstreamOpen)
            {
                var found = await discoverer.FindAsync(_ended.Token);
                if (found.Default is not { } server) continue;
                LogArrived(server.Name, server.Where);
                _take(found);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway ends.
        }
        catch (Exception defect)
        {
            // The demo goes on.
            LogDefect(defect);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Server} is there now ({Where}): it answers from now on")]
    private partial void LogArrived(string server, string where);

    [LoggerMessage(Level = LogLevel.Error, Message = "The search for servers that are started later has ended; restart the gateway when yours runs")]
    private partial void LogDefect(Exception defect);
}
