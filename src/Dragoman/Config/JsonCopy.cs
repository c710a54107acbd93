using System.Text.Json;

namespace Dragoman;

/// <summary>Copies JSON with some of it left out or replaced. Comments and white space are not copied.</summary>
internal static class JsonCopy
{
    /// <summary>The copy.</summary>
    /// <param name="value">What is copied.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="keep">False: this member or item is left out.</param>
    /// <param name="text">What a text becomes.</param>
    public static JsonElement Of(JsonElement value, string path, Func<string, bool>? keep = null, Func<string, string, string>? text = null)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, value, path, keep, text);
        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }

    private static void Write(Utf8JsonWriter json, JsonElement value, string path, Func<string, bool>? keep, Func<string, string, string>? text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    var at = ConfigSource.Member(path, member.Name);
                    if (keep?.Invoke(at) == false) continue;
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value, at, keep, text);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                var i = 0;
                foreach (var item in value.EnumerateArray())
                {
                    var at = $"{path}[{i++}]";
                    if (keep?.Invoke(at) != false) Write(json, item, at, keep, text);
                }

                json.WriteEndArray();
                break;
            case JsonValueKind.String when text is not null:
                json.WriteStringValue(text(path, value.GetString()!));
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
