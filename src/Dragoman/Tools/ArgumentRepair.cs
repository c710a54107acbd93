using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Dragoman.Tools;

/// <summary>What had to be done to a tool call's arguments; later members mean more damage.</summary>
internal enum ArgumentRepairKind
{
    /// <summary>A JSON object already: the bytes are the ones that came in.</summary>
    Untouched,

    /// <summary>An object inside one JSON string (or plain text), or no arguments at all, which is <c>{}</c>.</summary>
    Parsed,

    /// <summary>An object behind more than one layer of string escapes.</summary>
    Unescaped,

    /// <summary>Not valid JSON, but with only one plausible reading, which this is.</summary>
    Repaired,

    /// <summary>No unambiguous object: <c>{"raw": what came in}</c>, so that the client's tool can refuse it and the model sees why.</summary>
    Raw,
}

/// <summary>A tool call's arguments, always one valid JSON object in UTF-8, at most <see cref="ArgumentRepair.MaxDepth"/> levels deep.</summary>
internal readonly record struct RepairedArguments(ReadOnlyMemory<byte> Json, ArgumentRepairKind Kind);

/// <summary>
/// Turns tool call arguments as a model or an upstream wrote them into a JSON object. Anthropic's contract says that a tool's input is an object;
/// small models write almost-JSON, and some upstreams carry the object inside a string, sometimes escaped twice.
/// Never throws; one pass over the text for each layer of escapes.
/// </summary>
internal static class ArgumentRepair
{
    /// <summary>Nesting limit of a result: System.Text.Json's own default, so that every reader downstream can parse what leaves here.</summary>
    internal const int MaxDepth = 64;

    /// <summary>Layers of string escapes that are undone. Two are seen in the wild (an upstream's own, and a model's); more is not a tool call.</summary>
    internal const int MaxLayers = 4;

    private static readonly ReadOnlyMemory<byte> EmptyObject = "{}"u8.ToArray();

    /// <summary>Characters that talk before an object does not have, and the rest of a larger value does.</summary>
    private static readonly SearchValues<char> ValueMarks = SearchValues.Create("\"“”[]}");

    /// <summary>What a run of bytes is when it is read as strict JSON.</summary>
    private enum Shape
    {
        Invalid,
        Nothing,
        Object,
        String,
        OtherValue,
    }

    /// <summary>Repairs the raw JSON value that an upstream sent as arguments: an object, a string that holds one, <c>null</c>, or nothing.</summary>
    public static RepairedArguments Repair(ReadOnlyMemory<byte> json)
    {
        switch (ShapeOf(json.Span, MaxDepth))
        {
            case Shape.Object:
                return new(json, ArgumentRepairKind.Untouched);
            case Shape.Nothing:
                return new(EmptyObject, ArgumentRepairKind.Parsed);
            case Shape.String:
                var token = Encoding.UTF8.GetString(json.Span).Trim();
                return Read(LenientJson.Unescape(token.AsSpan(1, token.Length - 2))) ?? Raw(json, token);
            case Shape.OtherValue:
                return Raw(json, Encoding.UTF8.GetString(json.Span));
            default:
                return RepairText(Encoding.UTF8.GetString(json.Span));
        }
    }

    /// <summary>Repairs arguments that came as free text, for example out of a model's visible answer.</summary>
    public static RepairedArguments RepairText(string text) => Read(text) ?? RawText(text);

    /// <summary>The object in <paramref name="text"/>, or null when there is none or more than one reading.</summary>
    private static RepairedArguments? Read(string text)
    {
        var kind = ArgumentRepairKind.Parsed;
        for (var layer = 0; layer < MaxLayers; layer++)
        {
            text = text.Trim().Trim('\uFEFF').Trim();
            var utf8 = Encoding.UTF8.GetBytes(text);
            switch (ShapeOf(utf8, MaxDepth))
            {
                case Shape.Object:
                    return new(utf8, kind);
                case Shape.Nothing:
                    return new(EmptyObject, kind);
                case Shape.OtherValue:
                    return null;
                case Shape.String:
                    text = LenientJson.Unescape(text.AsSpan(1, text.Length - 2));
                    break;
                default:
                    if (!IsEscaped(text, out var inner))
                        return Lenient(text);
                    text = LenientJson.Unescape(inner);
                    break;
            }

            kind = ArgumentRepairKind.Unescaped;
        }

        return null;
    }

    /// <summary>Whether the object's first quote is escaped, as in <c>{\"a\":1}</c>: then the whole text is the inside of a JSON string.</summary>
    private static bool IsEscaped(ReadOnlySpan<char> text, out ReadOnlySpan<char> inner)
    {
        // A truncated string token lost its closing quote; one that did not end there keeps it behind a backslash.
        inner = text is ['"', ..] ? text[1..] : text;
        if (text is ['"', .., not '\\', '"'])
            inner = inner[..^1];

        var value = inner[Math.Max(0, inner.IndexOf('{'))..];
        var quote = value.IndexOfAny(LenientJson.Quotes);
        return quote > 0 && value[quote - 1] == '\\';
    }

    private static RepairedArguments? Lenient(string text)
    {
        var start = text.IndexOf('{', StringComparison.Ordinal);
        if (start < 0 || !IsProseBefore(text.AsSpan(0, start)))
            return null;

        return LenientJson.TryReadObject(text.AsSpan(start), MaxDepth, out var json, out var length) && IsProseAfter(text.AsSpan(start + length))
            ? new(Encoding.UTF8.GetBytes(json), ArgumentRepairKind.Repaired)
            : null;
    }

    /// <summary>
    /// Whether what stands before the object is talk (<c>Sure, here it is:</c>, a code fence) and not the damaged rest of a larger value:
    /// taking <c>{"b":1}</c> out of <c>"a": {"b":1}</c> or <c>[{"b":1}]</c> would change the meaning.
    /// </summary>
    private static bool IsProseBefore(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        return !text.ContainsAny(ValueMarks) && (colon < 0 || !text[colon..].Contains(','));
    }

    /// <summary>Whether what stands after the object is talk, a closing fence, or surplus closers; a second object would make the choice ambiguous.</summary>
    private static bool IsProseAfter(ReadOnlySpan<char> text)
    {
        text = text.TrimStart("}] \t\r\n");
        return text is not ([',', ..] or [':', ..]) && text.IndexOfAny('{', '}') < 0;
    }

    /// <summary>Keeps a JSON value as it was sent, unless the level that <c>raw</c> adds would make it too deep.</summary>
    private static RepairedArguments Raw(ReadOnlyMemory<byte> json, string text)
    {
        if (ShapeOf(json.Span, MaxDepth - 1) == Shape.Invalid)
            return RawText(text);

        var wrapped = new ArrayBufferWriter<byte>(json.Length + 8);
        wrapped.Write("{\"raw\":"u8);
        wrapped.Write(json.Span);
        wrapped.Write("}"u8);
        return new(wrapped.WrittenMemory, ArgumentRepairKind.Raw);
    }

    private static RepairedArguments RawText(string text)
    {
        var wrapped = new ArrayBufferWriter<byte>(text.Length + 16);
        using (var writer = new Utf8JsonWriter(wrapped))
        {
            writer.WriteStartObject();
            writer.WriteString("raw"u8, text);
            writer.WriteEndObject();
        }

        return new(wrapped.WrittenMemory, ArgumentRepairKind.Raw);
    }

    /// <summary>Reads the bytes once as strict JSON. Utf8JsonReader leaves strings undecoded, so the encoding is checked apart.</summary>
    private static Shape ShapeOf(ReadOnlySpan<byte> json, int maxDepth)
    {
        if (json.Trim(" \t\r\n"u8).IsEmpty)
            return Shape.Nothing;
        if (!Utf8.IsValid(json))
            return Shape.Invalid;

        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
            reader.Read();
            var shape = reader.TokenType switch
            {
                JsonTokenType.StartObject => Shape.Object,
                JsonTokenType.String => Shape.String,
                JsonTokenType.Null => Shape.Nothing,
                _ => Shape.OtherValue,
            };
            while (reader.Read())
            {
            }

            return shape;
        }
        catch (JsonException)
        {
            // The reader has no other way to say that the text is not JSON; that is this type's daily bread.
            return Shape.Invalid;
        }
    }
}
