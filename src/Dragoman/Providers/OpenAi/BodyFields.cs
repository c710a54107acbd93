using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi;

/// <summary>Puts the user's own fields into a request's body, in place of those that it has. They stand first, so that the conversation stays last.</summary>
internal static class BodyFields
{
    /// <summary>True when there is something to put in.</summary>
    public static bool Any(params ReadOnlySpan<JsonElement> layers)
    {
        foreach (var layer in layers)
        {
            if (layer.ValueKind == JsonValueKind.Object && layer.EnumerateObject().Any()) return true;
        }

        return false;
    }

    /// <summary>Writes the body with the fields.</summary>
    /// <param name="body">A JSON object.</param>
    /// <param name="output">Takes the new one.</param>
    /// <param name="layers">Objects of fields; a later one's counts. Null leaves a field out.</param>
    public static void Write(ReadOnlyMemory<byte> body, IBufferWriter<byte> output, params ReadOnlySpan<JsonElement> layers)
    {
        var own = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            if (layer.ValueKind != JsonValueKind.Object) continue;
            foreach (var field in layer.EnumerateObject()) own[field.Name] = field.Value;
        }

        using var json = new Utf8JsonWriter(output, JsonOutput.Options);
        json.WriteStartObject();
        foreach (var (name, value) in own.Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value.GetRawText(), skipInputValidation: true);
        }

        const int maxDepth = 1000;
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = maxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var value = JsonSlices.ReadRaw(ref reader, body);
            if (own.ContainsKey(name)) continue;
            json.WritePropertyName(name);
            json.WriteRawValue(value.Span, skipInputValidation: true);
        }

        json.WriteEndObject();
    }
}
