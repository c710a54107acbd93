using System.Text.Json;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>JSON that is given as text, in a row of the table of dialects or by the upstream itself.</summary>
internal static class JsonMembers
{
    /// <summary>Writes the members of a JSON object into the object that is being written.</summary>
    public static void Write(Utf8JsonWriter json, string? members)
    {
        if (members is null) return;
        using var document = JsonDocument.Parse(members);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            json.WritePropertyName(member.Name);
            WriteRaw(json, member.Value);
        }
    }

    /// <summary>Writes the entries of a JSON array, or one that isn't in an array, into the array that is being written.</summary>
    public static void WriteEntries(Utf8JsonWriter json, string entries)
    {
        using var document = JsonDocument.Parse(entries);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            WriteRaw(json, document.RootElement);
            return;
        }

        foreach (var entry in document.RootElement.EnumerateArray()) WriteRaw(json, entry);
    }

    // Byte for byte: what is signed or encrypted must come back as it was.
    private static void WriteRaw(Utf8JsonWriter json, JsonElement value) => json.WriteRawValue(value.GetRawText(), skipInputValidation: true);
}
