using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Dragoman.Cli;

/// <summary>Writes the log one readable line an entry. The lines are written by one task of their own, so that a slow terminal holds up no request.</summary>
internal sealed class LineLog : ILoggerProvider
{
    // A terminal that is this far behind has been stopped; then lines are dropped, oldest first.
    private const int MaxWaitingLines = 10_000;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaitingLines) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly TimeProvider _time;
    private readonly Task _writing;

    /// <summary>Starts writing to <paramref name="output"/>.</summary>
    public LineLog(TextWriter output, TimeProvider time)
    {
        _time = time;
        _writing = Task.Run(() => WriteAllAsync(output));
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        // What was logged before the end must be seen; there is no synchronization context to wait on.
#pragma warning disable VSTHRD002
        _writing.Wait(TimeSpan.FromSeconds(2));
#pragma warning restore VSTHRD002
    }

    private async Task WriteAllAsync(TextWriter output)
    {
        var missing = 0;
        await foreach (var line in _lines.Reader.ReadAllAsync())
        {
            try
            {
                if (missing > 0) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"({missing:N0} lines of the log could not be written here)"));
                missing = 0;
                await output.WriteLineAsync(line);
            }
            catch (IOException)
            {
                // A full disk has room again when somebody has made some; the gateway goes on, and the log says that it has a gap.
                missing++;
            }
        }
    }

    private void Write(LogLevel level, string message, Exception? exception)
    {
        var mark = level switch { LogLevel.Warning => " !", LogLevel.Error or LogLevel.Critical => " !!", LogLevel.Debug or LogLevel.Trace => " .", _ => "" };
        var time = _time.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        _lines.Writer.TryWrite(exception is null ? $"{time}{mark} {message}" : $"{time}{mark} {message}{Environment.NewLine}{exception}");
    }

    private sealed class Logger(LineLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write(logLevel, PrintableText.Of(formatter(state, exception)), exception);
    }
}
