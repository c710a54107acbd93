using System.Globalization;
using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini;

/// <summary>The list of models and the answer of <c>countTokens</c>.</summary>
internal static class GeminiCatalog
{
    // What the API gives when nobody asks for more.
    private const int DefaultPageSize = 50;

    /// <summary>A page of the list. A page token is the index of the page's first model.</summary>
    public static string Page(IReadOnlyList<SimulatedGeminiModel> models, string? pageSize, string? pageToken)
    {
        var size = int.TryParse(pageSize, CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : DefaultPageSize;
        var start = int.TryParse(pageToken, CultureInfo.InvariantCulture, out var index) ? index : 0;
        return Json.Write(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("models");
                foreach (var model in models.Skip(start).Take(size))
                {
                    Write(writer, model);
                }

                writer.WriteEndArray();
                if (start + size < models.Count)
                {
                    writer.WriteString("nextPageToken", (start + size).ToString(CultureInfo.InvariantCulture));
                }

                writer.WriteEndObject();
            },
            indented: true);
    }

    /// <summary>One model.</summary>
    public static string Of(SimulatedGeminiModel model) => Json.Write(writer => Write(writer, model), indented: true);

    /// <summary>The answer of <c>countTokens</c>.</summary>
    public static string Count(int tokens) => Json.Write(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("totalTokens", tokens);
            writer.WriteStartArray("promptTokensDetails");
            writer.WriteStartObject();
            writer.WriteString("modality", "TEXT");
            writer.WriteNumber("tokenCount", tokens);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        },
        indented: true);

    private static void Write(Utf8JsonWriter writer, SimulatedGeminiModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("name", $"models/{model.Name}");
        writer.WriteString("version", "001");
        writer.WriteString("displayName", CultureInfo.InvariantCulture.TextInfo.ToTitleCase(model.Name.Replace('-', ' ')));
        writer.WriteString("description", "A simulated model");
        writer.WriteNumber("inputTokenLimit", model.InputTokenLimit);
        writer.WriteNumber("outputTokenLimit", model.OutputTokenLimit);
        writer.WriteStartArray("supportedGenerationMethods");
        foreach (var method in model.Methods)
        {
            writer.WriteStringValue(method);
        }

        writer.WriteEndArray();
        writer.WriteNumber("temperature", 1);
        writer.WriteNumber("topP", 0.95);
        writer.WriteNumber("topK", 64);
        writer.WriteNumber("maxTemperature", 2);
        // Left out where it would be false.
        if (model.Thinking != ThinkingControl.None)
        {
            writer.WriteBoolean("thinking", true);
        }

        writer.WriteEndObject();
    }
}
