using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Upstreams.Serving;

/// <summary>Reads and writes JSON. It is written as Go's <c>encoding/json</c> and Google's servers do, so that a client under test sees the bytes that they would send.</summary>
internal static class Json
{
    /// <summary>How deep a document may nest; Go allows 10000, .NET's default is 64, which large tool schemas come near.</summary>
    public static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 1000 };

    // Text outside ASCII goes out as raw UTF-8.
    private static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };

    /// <summary>One JSON value, compact or over several lines. <paramref name="write"/> writes exactly one value.</summary>
    public static string Write(Action<Utf8JsonWriter> write, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriteOptions with { Indented = indented }))
        {
            write(writer);
        }

        return WithHtmlEscapes(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>
    /// Three characters are escaped for the sake of HTML (they occur only inside strings), and characters beyond the basic
    /// plane (emoji) are written raw, which Utf8JsonWriter always escapes as surrogate pairs.
    /// </summary>
    private static string WithHtmlEscapes(string json)
    {
        if (json.AsSpan().IndexOfAny("<>&") < 0 && !json.Contains("\\uD", StringComparison.Ordinal))
        {
            return json;
        }

        var text = new StringBuilder(json.Length + 16);
        for (var index = 0; index < json.Length; index++)
        {
            switch (json[index])
            {
                case '<' or '>' or '&':
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)json[index]:x4}");
                    break;
                case '\\' when EscapedUnit(json, index) is { } high && char.IsHighSurrogate(high) && EscapedUnit(json, index + 6) is { } low:
                    text.Append(high).Append(low);
                    index += 11;
                    break;
                case '\\':
                    text.Append(json, index, 2);
                    index++;
                    break;
                default:
                    text.Append(json[index]);
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>The UTF-16 unit that an escape such as <c>\uD83D</c> at this place stands for, or null.</summary>
    private static char? EscapedUnit(string json, int index) =>
        json.AsSpan(index).StartsWith("\\u", StringComparison.Ordinal)
            ? (char)ushort.Parse(json.AsSpan(index + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : null;

    /// <summary>The same value without white space; the order of keys stays.</summary>
    public static string Compact(JsonElement value) => Write(value.WriteTo);

    /// <summary>Reads a JSON text into an element that outlives its document.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json, ReadOptions);
        return document.RootElement.Clone();
    }

    /// <summary>The property, or null when the parent is no object, lacks it, or has JSON null there (which leaves a field alone, in Go and in protocol buffers).</summary>
    public static JsonElement? Find(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The property as text, or null when it is absent or no string.</summary>
    public static string? FindText(this JsonElement parent, string name) =>
        parent.Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>The property's elements, or nothing when it is absent or no array.</summary>
    public static IEnumerable<JsonElement> FindItems(this JsonElement parent, string name) =>
        parent.Find(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];
}
