using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Dragoman.Messages;

namespace Dragoman.Providers;

/// <summary>
/// Reads the value of the property that a reader stands on, as a slice of what is being read: nothing is copied and nothing decoded that need not be. A value
/// of another type than expected is passed over: an upstream's oddity must not cost the answer.
/// </summary>
internal static class JsonSlices
{
    /// <summary>The same bytes, or a repaired copy: a client must get UTF-8 whatever the upstream sent; its own JSON reader would refuse the event.</summary>
    public static ReadOnlyMemory<byte> AsUtf8(ReadOnlyMemory<byte> json) => Utf8.IsValid(json.Span) ? json : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json.Span));

    /// <summary>A string, still escaped; empty for anything else.</summary>
    public static JsonText ReadText(ref Utf8JsonReader json, ReadOnlyMemory<byte> source)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String) return new JsonText(source.Slice((int)json.TokenStartIndex + 1, json.ValueSpan.Length));
        json.Skip();
        return default;
    }

    /// <summary>A string, decoded; null for anything else.</summary>
    public static string? ReadString(ref Utf8JsonReader json, ReadOnlyMemory<byte> source)
    {
        json.Read();
        // JsonText reads what GetString refuses: bytes that are not UTF-8, half a surrogate pair.
        if (json.TokenType == JsonTokenType.String) return new JsonText(source.Slice((int)json.TokenStartIndex + 1, json.ValueSpan.Length)).ToString();
        json.Skip();
        return null;
    }

    /// <summary>Any value as raw JSON.</summary>
    public static ReadOnlyMemory<byte> ReadRaw(ref Utf8JsonReader json, ReadOnlyMemory<byte> source)
    {
        json.Read();
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return source[start..(int)json.BytesConsumed];
    }

    /// <summary>JSON without the white space between its tokens, everything else byte for byte; the same memory where lines show that there is none.</summary>
    public static ReadOnlyMemory<byte> OnOneLine(ReadOnlyMemory<byte> json)
    {
        // Inside of strings a line's end is escaped, so a bare one is indentation.
        if (json.Span.IndexOf((byte)'\n') < 0) return json;
        var dense = new byte[json.Length];
        var (length, inString, escaped) = (0, false, false);
        foreach (var b in json.Span)
        {
            if (!inString && (b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) continue;
            dense[length++] = b;
            if (b == (byte)'"' && !escaped) inString = !inString;
            escaped = inString && b == (byte)'\\' && !escaped;
        }

        return dense.AsMemory(0, length);
    }

    /// <summary>An integer; 0 for anything else.</summary>
    public static long ReadNumber(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number)) return number;
        json.Skip();
        return 0;
    }

    /// <summary>A number of tokens, 0 or more; sums of some of them fit into their type.</summary>
    public static int ReadTokens(ref Utf8JsonReader json) => (int)Math.Clamp(ReadNumber(ref json), 0, int.MaxValue / 4);

    /// <summary>True for <c>true</c>, false for anything else.</summary>
    public static bool ReadBoolean(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
        return json.TokenType == JsonTokenType.True;
    }

    /// <summary>Steps into an object; false, and passed over, when the value is something else.</summary>
    public static bool EnterObject(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.StartObject) return true;
        json.Skip();
        return false;
    }

    /// <summary>Steps into an array; false, and passed over, when the value is something else.</summary>
    public static bool EnterArray(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.StartArray) return true;
        json.Skip();
        return false;
    }

    /// <summary>Passes over the value.</summary>
    public static void Skip(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }
}
