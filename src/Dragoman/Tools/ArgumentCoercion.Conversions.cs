using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Dragoman.Tools;

/// <summary>The lossless conversions between JSON types.</summary>
internal static class ArgumentConversions
{
    /// <summary>The value as the one wanted type that says the same, or null when there is none or more than one.</summary>
    public static JsonElement? Convert(JsonElement value, JsonTypes wanted) => value.ValueKind switch
    {
        JsonValueKind.String => OfString(value.GetString()!, wanted),
        JsonValueKind.Number => OfNumber(value, wanted),

        // Only where nothing but text will do: elsewhere a boolean may stand for something else.
        JsonValueKind.True or JsonValueKind.False when IsOnlyString(wanted) => JsonBytes.String(value.GetRawText()),
        _ => null,
    };

    /// <summary>Whether a string is, or was meant to be, the JSON text of an array: wrapping that in another array would be wrong.</summary>
    public static bool LooksLikeArray(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString()!.AsSpan().TrimStart() is ['[', ..];

    private static bool IsOnlyString(JsonTypes wanted) => (wanted & ~JsonTypes.Null) == JsonTypes.String;

    /// <summary>
    /// Whether 3.0 stands where only an integer is wanted. By the standard it fits, but many clients read it into a type that refuses the point.
    /// An exponent is left alone: 1e400 has no short form.
    /// </summary>
    public static bool IsIntegerWithPoint(JsonElement value, JsonTypes wanted)
    {
        if (value.ValueKind != JsonValueKind.Number || (wanted & (JsonTypes.Integer | JsonTypes.Number)) != JsonTypes.Integer)
            return false;
        var text = value.GetRawText();
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point > 0 && text.AsSpan(point + 1).Trim('0').IsEmpty && text[..point] != "-0";
    }

    private static JsonElement? OfNumber(JsonElement value, JsonTypes wanted)
    {
        var text = value.GetRawText();
        if (IsIntegerWithPoint(value, wanted))
            return JsonBytes.Parse(text[..text.IndexOf('.', StringComparison.Ordinal)]);
        return IsOnlyString(wanted) ? JsonBytes.String(text) : null;
    }

    private static JsonElement? OfString(string text, JsonTypes wanted)
    {
        if (text is "true" or "false" or "True" or "False")
            return (wanted & JsonTypes.Boolean) != JsonTypes.None ? JsonBytes.Parse(text is "true" or "True" ? "true" : "false") : null;
        if (text.Length == 0 || char.IsWhiteSpace(text[0]) && text.AsSpan().TrimStart() is not ['[' or '{', ..])
            return null;
        if (JsonBytes.Parse(text) is not { } parsed)
            return null;

        // A number must come back as the same text, so nothing may stand around it; JSON's grammar refuses 03 by itself.
        var isExact = parsed.ValueKind != JsonValueKind.Number
            || (parsed.GetRawText().Length == text.Length && ((wanted & JsonTypes.Number) != JsonTypes.None || ArgumentSchemas.IsPlainInteger(parsed)));
        var fits = parsed.ValueKind is JsonValueKind.Number or JsonValueKind.Array or JsonValueKind.Object && (ArgumentSchemas.TypeOf(parsed) & wanted) != JsonTypes.None;
        return isExact && fits && text != "-0" ? parsed : null;
    }
}

/// <summary>Makes JSON elements out of parts without decoding and encoding them again, so that untouched parts keep their bytes.</summary>
internal static class JsonBytes
{
    /// <summary>The bytes of an element as they were written.</summary>
    public static ReadOnlySpan<byte> Of(JsonElement element) => JsonMarshal.GetRawUtf8Value(element);

    /// <summary>Reads a text as JSON; null when it is not JSON or too deep.</summary>
    public static JsonElement? Parse(string text)
    {
        try
        {
            return Read(Encoding.UTF8.GetBytes(text));
        }
        catch (JsonException)
        {
            // The parser's only way to say so; most strings are not JSON.
            return null;
        }
    }

    public static JsonElement String(string text) => Written(writer => writer.WriteStringValue(text));

    public static JsonElement Array(IEnumerable<JsonElement> elements) => Written(writer =>
    {
        writer.WriteStartArray();
        foreach (var element in elements)
            writer.WriteRawValue(Of(element), skipInputValidation: true);
        writer.WriteEndArray();
    });

    public static JsonElement Object(IEnumerable<(JsonProperty Member, JsonElement Value)> members) => Written(writer =>
    {
        writer.WriteStartObject();
        foreach (var (member, value) in members)
        {
            writer.WritePropertyName(member.Name);
            writer.WriteRawValue(Of(value), skipInputValidation: true);
        }

        writer.WriteEndObject();
    });

    private static JsonElement Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            write(writer);
        return Read(buffer.WrittenSpan);
    }

    private static JsonElement Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var element = JsonElement.ParseValue(ref reader);
        // Whatever stands behind the value but blanks makes the reader throw.
        reader.Read();
        return element;
    }
}
