using System.Runtime.InteropServices;
using Dragoman.Discovery;
using Dragoman.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Cli;

/// <summary>
/// Takes changes of the configuration while the gateway runs: when its file, or a file with one of its secrets, has changed, and when a SIGHUP asks for it. What
/// is wrong is logged, and the old configuration goes on.
/// </summary>
internal sealed partial class ConfigReload : IAsyncDisposable
{
    // The server's own heartbeat wakes the process as often. A file that stays the same for as long is written to its end.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly LiveGateway _live;
    private readonly ConfigReading _reading;
    private readonly ILogger _log;
    private readonly Lock _reloading = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly DragomanOptions _started;
    private readonly PosixSignalRegistration? _hangUp;
    private readonly Task _watching;
    private IReadOnlyList<string> _notices;

    /// <summary>Begins to watch.</summary>
    /// <param name="live">The gateway.</param>
    /// <param name="reading">How its configuration is read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it is said what changed.</param>
    public ConfigReload(LiveGateway live, ConfigReading reading, TimeProvider time, ILogger log)
    {
        (_live, _reading, _log, _started) = (live, reading, log, live.Current.Options);
        _notices = _started.Notices;
        reading.Follow(_started);
        // At a terminal the signal says that the window was closed, and the gateway ends with it as every program does.
        if (!OperatingSystem.IsWindows() && Console.IsInputRedirected && Console.IsOutputRedirected) _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, HangUp);
        _watching = WatchAsync(time);
    }

    /// <summary>Reads the configuration again and puts it to work if it is right.</summary>
    public void Reload()
    {
        lock (_reloading)
        {
            var options = _reading.Read();
            // Also when it is wrong: the secret that is missing may come.
            _reading.Follow(options);
            try
            {
                StayOnAddress(options);
                var differences = _live.Exchange(options);
                if (differences.Length > 0) LogExchanged(differences);
                else LogSame();
                foreach (var notice in options.Notices.Except(_notices, StringComparer.Ordinal)) LogNotice(notice);
                _notices = options.Notices;
            }
            catch (ConfigException wrong)
            {
                LogWrong(wrong.Problems.Count);
                foreach (var problem in wrong.Problems) LogProblem(problem);
            }
        }
    }

    /// <summary>Takes what was found after the start, as far as the settings leave it open.</summary>
    public void Take(Discovered found)
    {
        lock (_reloading)
        {
            _reading.Found = found;
            TryReload();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _hangUp?.Dispose();
        await _ended.CancelAsync();
        // It was started by the constructor, and nothing here has a context to wait in.
#pragma warning disable VSTHRD003
        await _watching;
#pragma warning restore VSTHRD003
        _ended.Dispose();
    }

    private async Task WatchAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                if (HasSettled()) TryReload();
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway ends.
        }
    }

    private bool HasSettled()
    {
        lock (_reloading) return _reading.HasSettled();
    }

    private void HangUp(PosixSignalContext signal)
    {
        signal.Cancel = true;
        TryReload();
    }

    private void TryReload()
    {
        try
        {
            Reload();
        }
        catch (Exception defect)
        {
            // The next change may be taken all the same.
            LogDefect(defect);
        }
    }

    // The sockets are open, and who may come in depends on where they are.
    private void StayOnAddress(DragomanOptions options)
    {
        if (options.Host != _started.Host || options.Port != _started.Port) LogAddress(_started.Host, _started.Port, options.Host, options.Port);
        (options.Host, options.Port) = (_started.Host, _started.Port);
        ServeRules.Check(options);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Configuration exchanged: {Differences}")]
    private partial void LogExchanged(string differences);

    [LoggerMessage(Level = LogLevel.Information, Message = "Configuration read again: nothing is different")]
    private partial void LogSame();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Notice}")]
    private partial void LogNotice(string notice);

    [LoggerMessage(Level = LogLevel.Error, Message = "The new configuration is not taken, the old one goes on ({Count} to correct):")]
    private partial void LogWrong(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "host and port can't change while the gateway runs: it goes on listening on {Host} port {Port}; restart it for {NewHost} port {NewPort}")]
    private partial void LogAddress(string host, int port, string newHost, int newPort);

    [LoggerMessage(Level = LogLevel.Error, Message = "The configuration could not be read again")]
    private partial void LogDefect(Exception defect);
}
