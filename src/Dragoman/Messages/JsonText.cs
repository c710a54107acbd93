using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Messages;

/// <summary>
/// The content of a JSON string as it stands between its quotes: UTF-8 with JSON escapes, never decoded unless somebody must look inside.
/// Text travels through the gateway in this form, so a 100 kB prompt is neither decoded nor encoded on its way to an upstream.
/// A view into a request's or an upstream's buffer: valid only as long as that buffer.
/// </summary>
/// <param name="Escaped">The bytes between the quotes.</param>
internal readonly record struct JsonText(ReadOnlyMemory<byte> Escaped)
{
    /// <summary>The empty string.</summary>
    public static JsonText Empty => default;

    /// <summary>True for the empty string.</summary>
    public bool IsEmpty => Escaped.IsEmpty;

    /// <summary>Escapes a .NET string.</summary>
    public static JsonText From(string text) => new(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray());

    /// <summary>Escapes UTF-8 text (for example raw JSON that has to travel inside a JSON string).</summary>
    public static JsonText From(ReadOnlySpan<byte> utf8) =>
        // Nothing to escape is the common case for short fragments, but the copy is needed anyway: the source is a reader's buffer.
        new(JsonEncodedText.Encode(utf8, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray());

    /// <summary>Joins texts with a separator; no copy when there is only one.</summary>
    public static JsonText Join(string separator, IReadOnlyList<JsonText> texts)
    {
        if (texts.Count == 0) return Empty;
        if (texts.Count == 1) return texts[0];
        var between = From(separator).Escaped;
        var joined = new ArrayBufferWriter<byte>(texts.Sum(text => text.Escaped.Length + between.Length));
        for (var i = 0; i < texts.Count; i++)
        {
            if (i > 0) joined.Write(between.Span);
            joined.Write(texts[i].Escaped.Span);
        }

        return new JsonText(joined.WrittenMemory);
    }

    /// <summary>True when the decoded text begins with <paramref name="ascii"/>, printable characters without quotes and backslashes. Some clients write &lt; as \u003C.</summary>
    public bool StartsWith(ReadOnlySpan<byte> ascii)
    {
        const int escapeLength = 6;
        var rest = Escaped.Span;
        foreach (var expected in ascii)
        {
            if (rest.IsEmpty) return false;
            if (rest[0] == expected)
            {
                rest = rest[1..];
                continue;
            }

            if (rest.Length < escapeLength || rest[0] != (byte)'\\' || rest[1] != (byte)'u') return false;
            if (!Utf8Parser.TryParse(rest[2..escapeLength], out ushort unit, out _, 'x') || unit != expected) return false;
            rest = rest[escapeLength..];
        }

        return true;
    }

    /// <summary>True when the text is empty or only white space.</summary>
    public bool IsWhiteSpace => IsEmpty || (Escaped.Length < 64 && string.IsNullOrWhiteSpace(ToString()));

    /// <summary>Decodes to UTF-8 bytes.</summary>
    public byte[] ToUtf8()
    {
        if (Escaped.Span.IndexOf((byte)'\\') < 0) return Escaped.ToArray();
        return Encoding.UTF8.GetBytes(ToString());
    }

    /// <summary>Decodes to a .NET string.</summary>
    public override string ToString()
    {
        var span = Escaped.Span;
        if (span.IndexOf((byte)'\\') < 0) return Encoding.UTF8.GetString(span);
        var quoted = ArrayPool<byte>.Shared.Rent(span.Length + 2);
        try
        {
            quoted[0] = (byte)'"';
            span.CopyTo(quoted.AsSpan(1));
            quoted[span.Length + 1] = (byte)'"';
            var reader = new Utf8JsonReader(quoted.AsSpan(0, span.Length + 2));
            reader.Read();
            return Unescape(ref reader);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(quoted);
        }
    }

    // A lone surrogate ("\ud83d" cut off by a client that splits strings by UTF-16 units) can't be represented in UTF-8; it becomes U+FFFD
    // as every upstream's JSON parser would do, instead of an exception.
    private static string Unescape(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return LoneSurrogates.Decode(reader.ValueSpan);
        }
    }
}
