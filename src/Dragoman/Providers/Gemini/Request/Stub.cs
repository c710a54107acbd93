using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>Which of Google's APIs is spoken.</summary>
internal enum GeminiFlavour
{
    /// <summary>Vertex AI with an API key.</summary>
    VertexExpress,

    /// <summary>Vertex AI with project, location and a bearer token.</summary>
    Vertex,

    /// <summary>The Gemini Developer API.</summary>
    GeminiApi,
}

/// <summary>What is known of a model.</summary>
internal sealed record GeminiModelTraits(string Id, int InputLimit, int OutputLimit);

/// <summary>Settings of the translation.</summary>
internal sealed record GeminiRequestOptions(GeminiFlavour Flavour);

/// <summary>A translated request.</summary>
internal sealed record GeminiRequest(ReadOnlyMemory<byte> Body, IReadOnlyList<string> Degraded, IReadOnlyList<string> StopSequences, bool WebSearch);

/// <summary>Translates text only.</summary>
internal static class GeminiRequestTranslator
{
    /// <summary>Translates a request.</summary>
    public static GeminiRequest Translate(MessagesRequest request, GeminiModelTraits model, GeminiRequestOptions options, Func<string, string?> storedSignature)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, JsonOutput.Options))
        {
            json.WriteStartObject();
            json.WriteStartArray("contents"u8);
            foreach (var message in request.Messages)
            {
                json.WriteStartObject();
                json.WriteString("role"u8, message.Role == Role.Assistant ? "model"u8 : "user"u8);
                json.WriteStartArray("parts"u8);
                foreach (var text in message.Content.OfType<TextBlock>())
                {
                    json.WriteStartObject();
                    json.WriteString("text"u8, text.Text.ToString());
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new GeminiRequest(body.WrittenMemory, [], request.StopSequences, request.Tools.Any(tool => tool.Type.StartsWith("web_search", StringComparison.Ordinal)));
    }
}
