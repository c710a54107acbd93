using System.Text.Json;

namespace Dragoman.Http;

/// <summary>
/// A model of another server's <c>/v1/models</c> with all fields that the type has. Clients that check what they get (the official C# SDK can) refuse a list in which one
/// model lacks one.
/// </summary>
internal static class CompletedModel
{
    // The fields of the type that may be null, and what they are else; a null anywhere else is as good as nothing.
    private static readonly Dictionary<string, JsonValueKind> Nullable = new(StringComparer.Ordinal)
    {
        ["deprecated_at"] = JsonValueKind.String,
        ["retires_at"] = JsonValueKind.String,
        ["line"] = JsonValueKind.String,
        ["max_input_tokens"] = JsonValueKind.Number,
        ["max_tokens"] = JsonValueKind.Number,
        ["capabilities"] = JsonValueKind.Object,
        ["clear_thinking_20251015"] = JsonValueKind.Object,
        ["clear_tool_uses_20250919"] = JsonValueKind.Object,
        ["compact_20260112"] = JsonValueKind.Object,
        ["xhigh"] = JsonValueKind.Object,
    };

    /// <summary>Writes an object's fields: first those that are listed, in their order, also unknown ones, then those that are missing.</summary>
    /// <param name="json">Gets the fields.</param>
    /// <param name="listed">The object as the server has it.</param>
    /// <param name="own">The same object as the gateway would write it: what stands for fields that are missing or can't be. Its id is taken in any case.</param>
    public static void WriteFields(Utf8JsonWriter json, JsonElement listed, JsonElement own)
    {
        foreach (var field in listed.EnumerateObject())
        {
            if (!own.TryGetProperty(field.Name, out var known)) field.WriteTo(json);
            else Write(json, field, known);
        }

        foreach (var field in own.EnumerateObject())
        {
            if (!listed.TryGetProperty(field.Name, out _)) field.WriteTo(json);
        }
    }

    private static void Write(Utf8JsonWriter json, JsonProperty field, JsonElement own)
    {
        json.WritePropertyName(field.Name);
        if (field.Name == "id" || !IsFit(field, own)) own.WriteTo(json);
        else if (field.Value.ValueKind != JsonValueKind.Object || own.ValueKind != JsonValueKind.Object) field.Value.WriteTo(json);
        else
        {
            json.WriteStartObject();
            WriteFields(json, field.Value, own);
            json.WriteEndObject();
        }
    }

    private static bool IsTruth(JsonValueKind kind) => kind is JsonValueKind.True or JsonValueKind.False;

    private static bool IsFit(JsonProperty field, JsonElement own)
    {
        var kind = field.Value.ValueKind;
        if (Nullable.TryGetValue(field.Name, out var expected)) return kind == expected || kind == JsonValueKind.Null;
        return kind == own.ValueKind || (IsTruth(kind) && IsTruth(own.ValueKind));
    }
}
