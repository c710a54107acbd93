using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Dragoman.Providers;

/// <summary>
/// Reads an upstream's body line by line, however its bytes are split. A line is a view that lives until the next one is read.
/// Notices an upstream that has gone silent.
/// </summary>
internal sealed class LineReader : IAnswerReader
{
    // A whole tool call with a file in it comes in one line; longer ones are an attack or a defect.
    private const int MaxLineBytes = 64 << 20;

    private readonly PipeReader _pipe;
    private readonly TimeSpan _idleTimeout;
    private readonly CancellationTokenSource _idle;

    // Offsets in the buffer: where the next line begins, and up to where no line feed is.
    private long _at, _searched;
    private byte[] _joined = [];
    private ReadOnlySequence<byte> _buffer;
    private bool _completed;
    private bool _hasBuffer;

    /// <summary>Reads from <paramref name="body"/>, which is disposed with the reader.</summary>
    public LineReader(Stream body, TimeSpan idleTimeout, CancellationToken cancellationToken)
    {
        // Zero-byte reads: a stream that waits for its model holds no buffer.
        _pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 16 << 10, useZeroByteReads: true));
        _idleTimeout = idleTimeout;
        _idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>The next line without its end, or null after the last; empty lines are passed over.</summary>
    /// <exception cref="TimeoutException">No byte came for the idle limit.</exception>
    /// <exception cref="IOException">The connection broke, or a line is too long.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryReadLine(out var line)) return line;
            if (_completed) return null;
            await FillAsync(cancellationToken);
        }
    }

    ValueTask<ReadOnlyMemory<byte>?> IAnswerReader.ReadAsync(CancellationToken cancellationToken) => ReadLineAsync(cancellationToken);

    /// <summary>The next line, if it is there already.</summary>
    public bool TryReadLine(out ReadOnlyMemory<byte> line)
    {
        line = default;
        if (!_hasBuffer) return false;
        while (TryTakeLine(out line))
        {
            if (line.Span.ContainsAnyExcept((byte)' ')) return true;
        }

        return false;
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
                foreach (var piece in _buffer.Slice(_at))
                {
                    if (piece.IsEmpty) continue;
                    _searched = _at += piece.Length;
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
                foreach (var piece in _buffer.Slice(_at))
                {
                    var at = piece.Span.IndexOfAnyExcept(" \t\r\n"u8);
                    if (at >= 0) return piece.Span[at];
                }
            }

            if (_completed) return null;
            await FillAsync(cancellationToken);
        }
    }

    // Every token of a model comes by itself, so this waits once a token: pooled, that costs no memory.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        // Everything is examined, so that the pipe waits for more than the half line that it has.
        if (_hasBuffer) _pipe.AdvanceTo(_buffer.GetPosition(_at), _buffer.End);
        _searched -= _at;
        _at = 0;
        _hasBuffer = false;
        var reading = _pipe.ReadAsync(_idle.Token);
        var waits = !reading.IsCompleted;
        if (waits) _idle.CancelAfter(_idleTimeout);
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
        if (waits) _idle.CancelAfter(Timeout.InfiniteTimeSpan);
        _buffer = result.Buffer;
        _completed = result.IsCompleted;
        _hasBuffer = true;
        if (_buffer.Length > MaxLineBytes) throw new IOException($"the upstream sent a line of more than {MaxLineBytes >> 20} MB");
    }

    private bool TryTakeLine(out ReadOnlyMemory<byte> line)
    {
        if (TryFindEnd() is { } length)
        {
            line = WithoutReturn(Contiguous(_buffer.Slice(_at, length)));
            _searched = _at += length + 1;
            return true;
        }

        line = default;
        if (!_completed || _at == _buffer.Length) return false;
        // A last line without its end.
        line = WithoutReturn(Contiguous(_buffer.Slice(_at)));
        _searched = _at = _buffer.Length;
        return true;
    }

    // Bytes until the next line feed; null when it hasn't come yet. What was searched is not searched again when more of a long line comes.
    private long? TryFindEnd()
    {
        if (_buffer.IsSingleSegment)
        {
            var found = _buffer.FirstSpan[(int)_searched..].IndexOf((byte)'\n');
            if (found >= 0) return _searched + found - _at;
        }
        else if (_buffer.Slice(_searched).PositionOf((byte)'\n') is { } position)
        {
            return _buffer.Slice(_at, position).Length;
        }

        _searched = _buffer.Length;
        return null;
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
