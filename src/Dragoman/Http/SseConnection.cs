using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Http;

/// <summary>
/// A streaming answer's line to the client. One writer at a time: the pump that passes on the model's events, or the timer that sends a <c>ping</c>
/// when nothing has been sent for a while. The pump holds the gate while it writes and lets go of it while it waits for the upstream.
/// </summary>
internal sealed class SseConnection : IAsyncDisposable
{
    // Enough to keep a fast upstream from causing a system call for each of its events, little enough not to hold text back.
    private const int FlushBytes = 16 << 10;

    // The timer looks this often, so silence lasts at most a quarter longer than the interval.
    private const int TicksPerInterval = 4;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly PipeWriter _output;
    private readonly PooledBuffer _buffer;
    private readonly SseWriter _writer;
    private readonly TimeProvider _time;
    private readonly TimeSpan _pingInterval;
    private readonly ITimer _timer;
    private readonly CancellationToken _aborted;
    private long _lastFlush;
    private bool _held = true;
    private bool _ended;

    /// <summary>Takes the gate for the pump and starts the ping timer.</summary>
    /// <param name="output">The line itself.</param>
    /// <param name="buffer">Where <paramref name="writer"/> writes: the server's own writer takes a lock for each piece, and a stream that is silent needs no memory.</param>
    /// <param name="writer">Writes the events.</param>
    /// <param name="time">The clock.</param>
    /// <param name="pingInterval">Silence after which a <c>ping</c> is sent.</param>
    /// <param name="aborted">The client has gone.</param>
    public SseConnection(PipeWriter output, PooledBuffer buffer, SseWriter writer, TimeProvider time, TimeSpan pingInterval, CancellationToken aborted)
    {
        (_output, _buffer, _writer, _time, _pingInterval, _aborted) = (output, buffer, writer, time, pingInterval, aborted);
        _gate.Wait(CancellationToken.None);
        _lastFlush = time.GetTimestamp();
        _timer = time.CreateTimer(static state => _ = ((SseConnection)state!).PingAsync(), this, pingInterval / TicksPerInterval, pingInterval / TicksPerInterval);
    }

    /// <summary>Lets what was written go out and leaves the line to the timer until <see cref="ResumeAsync"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask PauseAsync()
    {
        await FlushAsync();
        _held = false;
        _gate.Release();
    }

    /// <summary>Takes the line back.</summary>
    public async ValueTask ResumeAsync()
    {
        await _gate.WaitAsync(_aborted);
        _held = true;
    }

    /// <summary>Flushes when much is waiting although the upstream doesn't pause.</summary>
    public ValueTask FlushIfFullAsync() => _buffer.Length >= FlushBytes ? FlushAsync() : ValueTask.CompletedTask;

    /// <summary>Sends the rest; nothing may be written after it.</summary>
    public async ValueTask EndAsync()
    {
        await FlushAsync();
        _ended = true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushAsync()
    {
        if (_buffer.Length == 0) return;
        await _output.WriteAsync(_buffer.Written, _aborted);
        _buffer.Clear();
        _lastFlush = _time.GetTimestamp();
    }

    private async Task PingAsync()
    {
        // The pump is writing, so the line isn't silent.
        if (!await _gate.WaitAsync(TimeSpan.Zero, CancellationToken.None)) return;
        try
        {
            if (_ended || _aborted.IsCancellationRequested || _time.GetElapsedTime(_lastFlush) < _pingInterval) return;
            _writer.Ping();
            await FlushAsync();
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client has gone; the pump sees the same through its own token and ends the upstream's request.
            _ended = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        // A ping that is on its way must be out before the response ends.
        if (!_held) await _gate.WaitAsync(CancellationToken.None);
        _ended = true;
    }
}
