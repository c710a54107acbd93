using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>The bodies that Ollama reads and the errors that it writes.</summary>
internal static class GoJson
{
    /// <summary>The body of every error that Ollama itself writes: <c>{"error":"text"}</c>.</summary>
    public static string Error(string text) => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error", text);
        writer.WriteEndObject();
    });

    /// <summary>Reads a request's body; an empty or malformed one gives an error in the words of Ollama.</summary>
    public static string? ReadBody(string body, out JsonElement value)
    {
        value = default;
        if (string.IsNullOrWhiteSpace(body))
        {
            return "missing request body";
        }

        try
        {
            value = Json.Parse(body);
            return null;
        }
        catch (JsonException)
        {
            return "invalid character in request body looking for beginning of value";
        }
    }
}
