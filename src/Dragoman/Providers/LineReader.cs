using System.Buffers;
using System.IO.Pipelines;

namespace Dragoman.Providers;

/// <summary>
/// Reads an upstream's body line by line, however its bytes are split. A line is a view that lives until the next one is read.
/// Notices an upstream that has gone silent.
/// </summary>
internal sealed class LineReader : IAsyncDisposable
{
    // A whole tool call with a file in it comes in one line; longer ones are an attack or a defect.
    private const int MaxLineBytes = 64 << 20;

    private readonly PipeReader _pipe;
    private readonly TimeSpan _idleTimeout;
    private readonly CancellationTokenSource _idle;
    private SequencePosition _consumed;
    private byte[] _joined = [];
    private ReadOnlySequence<byte> _buffer;
    private bool _completed;
    private bool _hasBuffer;

    /// <summary>Reads from <paramref name="body"/>, which is disposed with the reader.</summary>
    public LineReader(Stream body, TimeSpan idleTimeout, CancellationToken cancellationToken)
    {
        _pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 16 << 10));
        _idleTimeout = idleTimeout;
        _idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>The next line without its end, or null after the last; empty lines are passed over.</summary>
    /// <exception cref="TimeoutException">No byte came for the idle limit.</exception>
    /// <exception cref="IOException">The connection broke, or a line is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_hasBuffer && TakeLine() is { } line)
            {
                if (!line.Span.Trim((byte)' ').IsEmpty) return line;
                continue;
            }

            if (_completed) return null;
            await FillAsync(cancellationToken);
        }
    }

    /// <summary>The next bytes as they came, with their line ends; null at the end. For bodies that have no lines.</summary>
    /// <exception cref="TimeoutException">No byte came for the idle limit.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadPieceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_hasBuffer)
            {
                foreach (var piece in _buffer.Slice(_consumed))
                {
                    if (piece.IsEmpty) continue;
                    _consumed = _buffer.GetPosition(piece.Length, _consumed);
                    return piece;
                }
            }

            if (_completed) return null;
            await FillAsync(cancellationToken);
        }
    }

    /// <summary>The first byte that is not white space, which stays to be read; null when there is none.</summary>
    /// <exception cref="TimeoutException">No byte came for the idle limit.</exception>
    /// <exception cref="IOException">The connection broke, or there is nothing but white space.</exception>
    public async ValueTask<byte?> PeekAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_hasBuffer)
            {
                foreach (var piece in _buffer.Slice(_consumed))
                {
                    var at = piece.Span.IndexOfAnyExcept(" \t\r\n"u8);
                    if (at >= 0) return piece.Span[at];
                }
            }

            if (_completed) return null;
            await FillAsync(cancellationToken);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        // Everything is examined, so that the pipe waits for more than the half line that it has.
        if (_hasBuffer) _pipe.AdvanceTo(_consumed, _buffer.End);
        _hasBuffer = false;
        var reading = _pipe.ReadAsync(_idle.Token);
        if (!reading.IsCompleted) _idle.CancelAfter(_idleTimeout);
        ReadResult result;
        try
        {
            result = await reading;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && _idle.IsCancellationRequested)
        {
            throw new TimeoutException();
        }

        // Only the upstream's silence counts, not the time in which the client doesn't read.
        _idle.CancelAfter(Timeout.InfiniteTimeSpan);
        _buffer = result.Buffer;
        _consumed = _buffer.Start;
        _completed = result.IsCompleted;
        _hasBuffer = true;
        if (_buffer.Length > MaxLineBytes) throw new IOException($"the upstream sent a line of more than {MaxLineBytes >> 20} MB");
    }

    private ReadOnlyMemory<byte>? TakeLine()
    {
        var rest = _buffer.Slice(_consumed);
        var end = rest.PositionOf((byte)'\n');
        if (end is { } position)
        {
            _consumed = _buffer.GetPosition(1, position);
            return WithoutReturn(Contiguous(rest.Slice(0, position)));
        }

        if (!_completed || rest.IsEmpty) return null;
        // A last line without its end.
        _consumed = _buffer.End;
        return WithoutReturn(Contiguous(rest));
    }

    private ReadOnlyMemory<byte> Contiguous(in ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment) return line.First;
        var length = (int)line.Length;
        if (_joined.Length < length) _joined = new byte[Math.Max(length, _joined.Length * 2)];
        line.CopyTo(_joined);
        return _joined.AsMemory(0, length);
    }

    private static ReadOnlyMemory<byte> WithoutReturn(ReadOnlyMemory<byte> line) =>
        line.Length > 0 && line.Span[^1] == (byte)'\r' ? line[..^1] : line;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _pipe.CompleteAsync();
        _idle.Dispose();
    }
}
