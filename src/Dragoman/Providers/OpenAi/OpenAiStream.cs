using System.Text;

namespace Dragoman.Providers.OpenAi;

/// <summary>
/// Reads the objects of an answer, however its bytes are split: from server-sent events, or from a whole JSON body, which some servers send although a stream
/// was asked for. Comments (<c>: OPENROUTER PROCESSING</c>) only show that the upstream is alive. <c>[DONE]</c> ends the answer where it is sent.
/// </summary>
internal sealed class OpenAiStream(Stream body, TimeSpan idleTimeout, CancellationToken cancellationToken) : IAnswerReader
{
    // What something that is not an answer is quoted with.
    private const int MaxQuotedCharacters = 200;

    private readonly LineReader _lines = new(body, idleTimeout, cancellationToken);
    private readonly JsonObjects _objects = new();
    private bool? _hasEvents;
    private bool _hasObjects;
    private string? _stray;

    /// <summary>The upstream said that this was all.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The next object, a view that lives until the next one is read; null at the end.</summary>
    /// <exception cref="TimeoutException">No byte came for the idle limit.</exception>
    /// <exception cref="InvalidDataException">It is something else; the message says what.</exception>
    /// <exception cref="IOException">The connection broke, in the middle of an object perhaps, or one is too large.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> found;
        while (!_objects.TryTake(out found))
        {
            if (IsDone) return null;
            _hasEvents ??= await HasEventsAsync(cancellationToken);
            var bytes = _hasEvents.Value ? await ReadDataAsync(cancellationToken) : await _lines.ReadPieceAsync(cancellationToken);
            if (bytes is { } piece) _objects.Add(piece.Span);
            else if (_objects.IsInside) throw new IOException("the connection closed in the middle of a chunk");
            else if (!_hasObjects && _stray is not null) throw new InvalidDataException(_stray);
            else return null;
        }

        _hasObjects = true;
        return found;
    }

    private async ValueTask<bool> HasEventsAsync(CancellationToken cancellationToken) => await _lines.PeekAsync(cancellationToken) switch
    {
        // A page of a proxy, or of a server's front.
        (byte)'<' => throw new InvalidDataException("a web page"),
        (byte)'{' or (byte)'[' => false,
        _ => true,
    };

    // The data of the next line that has any; null at the end.
    private async ValueTask<ReadOnlyMemory<byte>?> ReadDataAsync(CancellationToken cancellationToken)
    {
        while (await _lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Span.StartsWith("data:"u8))
            {
                var data = line["data:".Length..];
                if (_objects.IsInside || IsJson(data.Span)) return data;
                var word = data.Span.Trim(" \t"u8);
                if (word.SequenceEqual("[DONE]"u8))
                {
                    IsDone = true;
                    return null;
                }

                // "data: upstream connect error": what something on the way puts into the stream is an error, and the only word on it.
                if (!word.IsEmpty && !word.SequenceEqual("null"u8)) throw new InvalidDataException(Quote(word));
            }
            else if (_objects.IsInside || IsJson(line.Span))
            {
                // An error in the middle of the stream may come as bare JSON, over several lines.
                return line;
            }
            else if (!IsField(line.Span))
            {
                _stray ??= Quote(line.Span);
            }
        }

        return null;
    }

    // "[DONE]" is no array.
    private static bool IsJson(ReadOnlySpan<byte> text) => text.TrimStart(" \t"u8) is [(byte)'{', ..] or [(byte)'[', (byte)'{', ..];

    private static bool IsField(ReadOnlySpan<byte> line) =>
        line[0] == (byte)':' || line.StartsWith("event:"u8) || line.StartsWith("id:"u8) || line.StartsWith("retry:"u8) || line.SequenceEqual("data"u8);

    private static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes).Trim();
        return text.Length > MaxQuotedCharacters ? $"\"{text[..MaxQuotedCharacters]}…\"" : $"\"{text}\"";
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lines.DisposeAsync();
}
