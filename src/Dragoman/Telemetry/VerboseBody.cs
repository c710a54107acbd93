using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Telemetry;

/// <summary>A translated request in a form that a person can read: long strings and objects shortened, tools as names, keys never.</summary>
internal static class VerboseBody
{
    private const int MaxString = 200;
    private const int MaxObject = 500;

    // A request may nest 128 deep, and a translation puts it a few levels deeper.
    private const int MaxDepth = 256;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Shortens a JSON body.</summary>
    public static string Shorten(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);
        using var shortened = new MemoryStream();
        using (var json = new Utf8JsonWriter(shortened, Readable)) Write(json, document.RootElement, name: "", depth: 0);
        return Encoding.UTF8.GetString(shortened.GetBuffer(), 0, (int)shortened.Length);
    }

    /// <summary>Writes a JSON body in full; only secrets stay hidden.</summary>
    public static void WriteFull(Utf8JsonWriter json, ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);
        WriteFull(json, document.RootElement, name: "");
    }

    private static void WriteFull(Utf8JsonWriter json, JsonElement value, string name)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var field in value.EnumerateObject())
                {
                    json.WritePropertyName(field.Name);
                    WriteFull(json, field.Value, field.Name);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var entry in value.EnumerateArray()) WriteFull(json, entry, name: "");
                json.WriteEndArray();
                break;
            case JsonValueKind.String when IsSecret(name):
                json.WriteStringValue("(hidden)");
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement value, string name, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when name == "function" && value.TryGetProperty("parameters", out _):
                // A tool's schema is long and the same in each request.
                json.WriteStringValue(value.TryGetProperty("name", out var tool) ? tool.GetString() : "?");
                break;
            case JsonValueKind.Object:
                WriteObject(json, value, depth);
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var entry in value.EnumerateArray()) Write(json, entry, name: "", depth + 1);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(IsSecret(name) ? "(hidden)" : Shorten(value.GetString()!));
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, JsonElement value, int depth)
    {
        // The request itself and its messages stay objects; what is inside them and large (a schema, a tool's input) becomes its beginning.
        const int structuralDepth = 3;
        var raw = depth >= structuralDepth ? value.GetRawText() : "";
        if (raw.Length > MaxObject)
        {
            json.WriteStringValue($"{raw[..MaxString]}… ({raw.Length:N0} characters)");
            return;
        }

        json.WriteStartObject();
        foreach (var field in value.EnumerateObject())
        {
            json.WritePropertyName(field.Name);
            Write(json, field.Value, field.Name, depth + 1);
        }

        json.WriteEndObject();
    }

    private static string Shorten(string text) => text.Length <= MaxString ? text : $"{text[..MaxString]}… ({text.Length:N0} characters)";

    private static bool IsSecret(string name) =>
        name.Contains("key", StringComparison.OrdinalIgnoreCase) || name.Contains("authorization", StringComparison.OrdinalIgnoreCase)
        || name.Contains("token", StringComparison.OrdinalIgnoreCase) || name.Contains("secret", StringComparison.OrdinalIgnoreCase);
}
