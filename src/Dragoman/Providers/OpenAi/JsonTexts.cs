using System.Text;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi;

/// <summary>Strings of parsed JSON, also those that <see cref="JsonElement.GetString"/> refuses.</summary>
internal static class JsonTexts
{
    /// <summary>A string's text; half a surrogate pair becomes U+FFFD.</summary>
    public static string Read(JsonElement text) => new JsonText(Encoding.UTF8.GetBytes(text.GetRawText()[1..^1])).ToString();

    /// <summary>A field's text; empty when it is not there or no string.</summary>
    public static string Of(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Read(value) : "";

    /// <summary>A field, where the parent is an object that has it.</summary>
    public static JsonElement? Find(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A positive whole number; null for anything else.</summary>
    public static int? Number(JsonElement parent, string name) =>
        parent.Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) && number > 0 ? number : null;

    /// <summary>A positive whole number that may be large; null for anything else.</summary>
    public static long? LongNumber(JsonElement parent, string name) =>
        parent.Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number > 0 ? number : null;
}
