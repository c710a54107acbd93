namespace Dragoman.Providers.Gemini;

/// <summary>
/// Reads the objects of an answer, however its bytes are split: from server-sent events (<c>alt=sse</c>), or from the pretty-printed JSON array that is sent
/// without <c>alt</c>, which some gateways drop. The first byte tells which. A single object, as in a refusal, is read too. There is no terminator.
/// </summary>
internal sealed class GeminiStream(Stream body, TimeSpan idleTimeout, CancellationToken cancellationToken) : IAnswerReader
{
    private readonly LineReader _lines = new(body, idleTimeout, cancellationToken);
    private readonly JsonObjects _objects = new();
    private bool? _hasEvents;

    /// <summary>The next object, a view that lives until the next one is read; null at the end.</summary>
    /// <exception cref="TimeoutException">No byte came for the idle limit.</exception>
    /// <exception cref="IOException">The connection broke, in the middle of an object perhaps, or one is too large.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> found;
        while (!_objects.TryTake(out found))
        {
            _hasEvents ??= await _lines.PeekAsync(cancellationToken) is not ((byte)'[' or (byte)'{');
            var bytes = _hasEvents.Value ? await ReadDataAsync(cancellationToken) : await _lines.ReadPieceAsync(cancellationToken);
            if (bytes is { } piece) _objects.Add(piece.Span);
            else if (_objects.IsInside) throw new IOException("the connection closed in the middle of a chunk");
            else return null;
        }

        return found;
    }

    // The data of the next line that has any. An error in the middle of the stream may come as bare JSON, over several lines.
    private async ValueTask<ReadOnlyMemory<byte>?> ReadDataAsync(CancellationToken cancellationToken)
    {
        while (await _lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Span.StartsWith("data:"u8)) return line["data:".Length..];
            if (_objects.IsInside || line.Span.TrimStart(" \t"u8) is [(byte)'[' or (byte)'{', ..]) return line;
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lines.DisposeAsync();
}
