using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Cli;

/// <summary>Settings in a form that may be shown to others: as JSON, without the secrets.</summary>
internal static class ShownConfig
{
    private const string Hidden = "(hidden)";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] SecretNames = ["key", "apiKey", "authToken", "api_key", "access_token", "client_secret", "password"];

    // Settings with a few values, which the documents write in lower case.
    private static readonly string[] Choices = ["tokenCounter", "thinkingUnsupported", "imagesUnsupported"];

    // Headers have any name; these words tell that what they carry is nobody's business.
    private static readonly string[] SecretWords = ["auth", "key", "token", "secret", "cookie"];

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
        using (var json = new Utf8JsonWriter(shown, Readable)) Write(json, setting.Name, setting.Value, inHeaders: false);
        return System.Text.Encoding.UTF8.GetString(shown.GetBuffer(), 0, (int)shown.Length);
    }

    private static void Write(Utf8JsonWriter json, string name, JsonElement value, bool inHeaders)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    json.WritePropertyName(member.Name);
                    Write(json, member.Name, member.Value, name == "headers");
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                // Several keys, which take turns.
                foreach (var entry in value.EnumerateArray()) Write(json, name, entry, inHeaders);
                json.WriteEndArray();
                break;
            case JsonValueKind.String when IsSecret(name, inHeaders) && !Array.Exists(References, start => value.GetString()!.StartsWith(start, StringComparison.Ordinal)):
                json.WriteStringValue(Hidden);
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static bool IsSecret(string name, bool inHeaders) => inHeaders
        ? Array.Exists(SecretWords, word => name.Contains(word, StringComparison.OrdinalIgnoreCase))
        : SecretNames.Contains(name, StringComparer.OrdinalIgnoreCase);
}
