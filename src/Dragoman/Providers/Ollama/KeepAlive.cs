using System.Globalization;
using System.Text.Json;

namespace Dragoman.Providers.Ollama;

/// <summary>How long a model stays loaded after a request: a number of seconds, or a string with one, or a Go duration like <c>30m</c>; negative for ever.</summary>
internal static class KeepAlive
{
    /// <summary>Checks a setting.</summary>
    /// <exception cref="ConfigException">It is neither a number nor a string.</exception>
    public static void Check(string field, JsonElement? setting)
    {
        if (setting is { ValueKind: not (JsonValueKind.Number or JsonValueKind.String or JsonValueKind.Null) })
        {
            throw new ConfigException($"{field}: expected seconds (300, -1 for ever) or a duration (\"30m\")");
        }
    }

    /// <summary>Writes <c>keep_alive</c>, if it is set.</summary>
    public static void Write(Utf8JsonWriter json, JsonElement? setting)
    {
        if (setting is not { ValueKind: JsonValueKind.Number or JsonValueKind.String } given) return;
        json.WritePropertyName("keep_alive"u8);
        // Ollama reads a string as a Go duration, which a bare number is not.
        if (given.ValueKind == JsonValueKind.String && int.TryParse(given.GetString(), CultureInfo.InvariantCulture, out var seconds)) json.WriteNumberValue(seconds);
        else given.WriteTo(json);
    }
}
