using System.Runtime.CompilerServices;
using Dragoman.Messages;

namespace Dragoman.Providers.Anthropic;

/// <summary>
/// Cuts an answer into the frames of its events, however its bytes are split: a frame ends with its blank line and keeps every byte. A frame is a view that
/// lives until the next one is read.
/// </summary>
internal sealed class SseFrames(Stream body, TimeSpan idleTimeout, CancellationToken cancellationToken) : IAnswerReader
{
    // As long as the longest line that any upstream may send.
    private const int MaxFrameBytes = 64 << 20;

    private readonly LineReader _pieces = new(body, idleTimeout, cancellationToken);
    private readonly PooledBuffer _begun = new();
    private ReadOnlyMemory<byte> _piece;

    // The line that is being read: how many bytes it has so far, and whether a carriage return is all of them.
    private int _lineLength;
    private bool _onlyReturn;

    /// <summary>The next frame; at the end whatever is left without a blank line, then null.</summary>
    /// <exception cref="TimeoutException">No byte came for the idle limit.</exception>
    /// <exception cref="IOException">The connection broke, or a frame is too long.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_piece.IsEmpty || _begun.Length > 0) _begun.Clear();
        while (true)
        {
            if (!_piece.IsEmpty)
            {
                var end = FrameEnd(_piece.Span);
                var taken = end < 0 ? _piece : _piece[..end];
                _piece = _piece[taken.Length..];
                if (end >= 0 && _begun.Length == 0) return taken;
                taken.Span.CopyTo(_begun.GetSpan(taken.Length));
                _begun.Advance(taken.Length);
                if (end >= 0) return _begun.Written;
                if (_begun.Length > MaxFrameBytes) throw new IOException($"the upstream sent an event of more than {MaxFrameBytes >> 20} MB");
            }

            if (await _pieces.ReadPieceAsync(cancellationToken) is { } next) _piece = next;
            else return _begun.Length > 0 ? _begun.Written : (ReadOnlyMemory<byte>?)null;
        }
    }

    // Behind the blank line that ends the frame; -1 when it isn't there yet.
    private int FrameEnd(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (true)
        {
            var length = bytes[at..].IndexOf((byte)'\n');
            var rest = length < 0 ? bytes.Length - at : length;
            if (rest > 0)
            {
                _onlyReturn = _lineLength == 0 && rest == 1 && bytes[at] == (byte)'\r';
                _lineLength += rest;
            }

            if (length < 0) return -1;
            var blank = _lineLength == 0 || _onlyReturn;
            (_lineLength, _onlyReturn) = (0, false);
            at += length + 1;
            if (blank) return at;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _begun.Dispose();
        return _pieces.DisposeAsync();
    }
}
