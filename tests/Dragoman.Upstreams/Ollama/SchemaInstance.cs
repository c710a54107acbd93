using System.Text;
using System.Text.Json;

namespace Dragoman.Upstreams.Ollama;

/// <summary>The smallest value that fits a schema: what a model that is held to a grammar answers at the least.</summary>
public static class SchemaInstance
{
    /// <summary>The value as JSON.</summary>
    public static string Of(JsonElement schema)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, schema);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object) json.WriteNullValue();
        else if (schema.TryGetProperty("const", out var only)) only.WriteTo(json);
        else if (schema.TryGetProperty("enum", out var values)) values[0].WriteTo(json);
        else if (schema.TryGetProperty("anyOf", out var choices)) Write(json, choices[0]);
        else WriteTyped(json, schema);
    }

    private static void WriteTyped(Utf8JsonWriter json, JsonElement schema)
    {
        switch (schema.TryGetProperty("type", out var type) ? type.GetString() : "object")
        {
            case "string": json.WriteStringValue("simulated"); break;
            case "integer" or "number": json.WriteNumberValue(1); break;
            case "boolean": json.WriteBooleanValue(true); break;
            case "null": json.WriteNullValue(); break;
            case "array":
                json.WriteStartArray();
                json.WriteEndArray();
                break;
            default:
                WriteObject(json, schema);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, JsonElement schema)
    {
        json.WriteStartObject();
        if (schema.TryGetProperty("properties", out var properties))
        {
            var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToList() : [];
            foreach (var property in properties.EnumerateObject().Where(property => required.Contains(property.Name)))
            {
                json.WritePropertyName(property.Name);
                Write(json, property.Value);
            }
        }

        json.WriteEndObject();
    }
}
