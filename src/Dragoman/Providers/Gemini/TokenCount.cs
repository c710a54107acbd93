using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers.Gemini.Request;

namespace Dragoman.Providers.Gemini;

/// <summary>The size of a prompt by <c>countTokens</c>.</summary>
internal static class TokenCount
{
    // What Vertex AI counts; the other fields of a request are unknown to it there.
    private static readonly string[] Counted = ["contents", "systemInstruction", "tools"];

    /// <summary>Counts a translated request; null when the answer has no number.</summary>
    /// <exception cref="UpstreamException">The API can't be reached or refuses.</exception>
    public static async Task<int?> AskAsync(GeminiClient client, GeminiFlavour flavour, string model, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var answer = await client.AskAsync(model, "countTokens", Question(flavour, model, body), cancellationToken);
        return answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty("totalTokens", out var total)
            && total.ValueKind == JsonValueKind.Number && total.TryGetInt32(out var tokens) ? tokens : null;
    }

    /// <summary>The question's body.</summary>
    public static ReadOnlyMemory<byte> Question(GeminiFlavour flavour, string model, ReadOnlyMemory<byte> body)
    {
        var question = new ArrayBufferWriter<byte>(body.Length + 100);
        using (var json = new Utf8JsonWriter(question, JsonOutput.Options))
        {
            json.WriteStartObject();
            if (flavour == GeminiFlavour.GeminiApi)
            {
                // The short form of the Gemini Developer API counts contents only.
                json.WriteStartObject("generateContentRequest"u8);
                json.WriteString("model"u8, "models/" + model);
            }

            using var request = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
            foreach (var field in request.RootElement.EnumerateObject().Where(field => Counted.Contains(field.Name, StringComparer.Ordinal))) field.WriteTo(json);
            if (flavour == GeminiFlavour.GeminiApi) json.WriteEndObject();
            json.WriteEndObject();
        }

        return question.WrittenMemory;
    }
}
