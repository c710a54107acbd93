using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Cli;

/// <summary>Settings in a form that may be shown to others: as JSON, without the secrets.</summary>
internal static class ShownConfig
{
    private const string Hidden = "(hidden)";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Settings with a few values, which the documents write in lower case.
    private static readonly string[] Choices = ["tokenCounter", "thinkingUnsupported", "imagesUnsupported"];

    // Where a secret is may be shown, and is what one looks for.
    private static readonly string[] References = ["env:", "file:"];

    /// <summary>Each setting with its value as JSON, in the order of the documents.</summary>
    public static IReadOnlyList<(string Name, string Value)> Settings(DragomanOptions options)
    {
        using var document = JsonSerializer.SerializeToDocument(options, ConfigJson.Default.DragomanOptions);
        return [.. document.RootElement.EnumerateObject().Where(setting => setting.Name != "$schema").Select(setting => (setting.Name, Shown(setting)))];
    }

    private static string Shown(JsonProperty setting)
    {
        if (Choices.Contains(setting.Name, StringComparer.Ordinal)) return $"\"{JsonNamingPolicy.CamelCase.ConvertName(setting.Value.GetString()!)}\"";
        using var shown = new MemoryStream();
        using (var json = new Utf8JsonWriter(shown, Readable)) Write(json, setting.Name, setting.Value);
        return System.Text.Encoding.UTF8.GetString(shown.GetBuffer(), 0, (int)shown.Length);
    }

    private static void Write(Utf8JsonWriter json, string path, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    json.WritePropertyName(member.Name);
                    Write(json, $"{path}.{member.Name}", member.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                // Several keys, which take turns.
                foreach (var entry in value.EnumerateArray()) Write(json, path, entry);
                json.WriteEndArray();
                break;
            case JsonValueKind.String when SecretSettings.IsSecret(path) && !Array.Exists(References, start => value.GetString()!.StartsWith(start, StringComparison.Ordinal)):
                json.WriteStringValue(Hidden);
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
