using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dragoman.Providers.Keys;

/// <summary>Keys as the configuration writes them: one text, or a list of texts.</summary>
internal sealed class KeysConverter : JsonConverter<IReadOnlyList<string>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return [reader.GetString()!];
        if (reader.TokenType != JsonTokenType.StartArray) throw Unexpected();
        var keys = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String) keys.Add(reader.GetString()!);
        return reader.TokenType == JsonTokenType.EndArray && keys.Count > 0 ? keys : throw Unexpected();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var key in value) writer.WriteStringValue(key);
        writer.WriteEndArray();
    }

    private static JsonException Unexpected() => new("expected a key, or a list of keys");
}
