using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini;

/// <summary>Token counts of an answer.</summary>
/// <param name="Prompt">The prompt, with what was cached.</param>
/// <param name="Cached">What was cached of it.</param>
/// <param name="Candidates">What is written so far, without thoughts.</param>
/// <param name="Thoughts">Thoughts so far.</param>
/// <param name="ToolUse">What Google's own tools put before the model.</param>
internal sealed record GeminiCounts(int Prompt, int Cached, int Candidates, int Thoughts, int ToolUse);

/// <summary>A <c>GenerateContentResponse</c>: a chunk of a stream, or a whole answer.</summary>
internal sealed record GeminiChunk
{
    /// <summary>The parts, each a JSON object.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    public string? FinishReason { get; init; }

    public string? FinishMessage { get; init; }

    /// <summary>The sources, and the whole answer that they belong to.</summary>
    public (Grounding Grounding, string Answer)? Sources { get; init; }

    public GeminiCounts? Counts { get; init; }

    /// <summary>The JSON.</summary>
    public string Write(GeminiCall call, bool indented) => Json.Write(writer => Write(writer, call), indented);

    private void Write(Utf8JsonWriter writer, GeminiCall call)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("candidates");
        writer.WriteStartObject();
        WriteContent(writer);
        if (FinishReason is not null)
        {
            writer.WriteString("finishReason", FinishReason);
        }

        if (FinishMessage is not null)
        {
            writer.WriteString("finishMessage", FinishMessage);
        }

        // Vertex AI leaves the 0 out.
        if (call.Flavour == ApiFlavour.GeminiApi)
        {
            writer.WriteNumber("index", 0);
        }

        Sources?.Grounding.WriteTo(writer, Sources.Value.Answer);
        writer.WriteEndObject();
        writer.WriteEndArray();
        WriteCounts(writer, call);
        writer.WriteString("modelVersion", call.Model.Name);
        writer.WriteString("responseId", $"simulated-{call.Number}");
        writer.WriteEndObject();
    }

    private void WriteContent(Utf8JsonWriter writer)
    {
        // The last chunk of an answer has no parts now and then, and that of a refusal no content at all.
        if (Parts.Count == 0 && FinishReason is not (null or "STOP" or "MAX_TOKENS"))
        {
            return;
        }

        writer.WriteStartObject("content");
        if (Parts.Count > 0)
        {
            writer.WriteStartArray("parts");
            foreach (var part in Parts)
            {
                Json.Parse(part).WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteString("role", "model");
        writer.WriteEndObject();
    }

    private void WriteCounts(Utf8JsonWriter writer, GeminiCall call)
    {
        if (Counts is null && call.Flavour == ApiFlavour.GeminiApi)
        {
            return;
        }

        writer.WriteStartObject("usageMetadata");
        if (Counts is { } counts)
        {
            writer.WriteNumber("promptTokenCount", counts.Prompt);
            WriteUnlessZero(writer, "candidatesTokenCount", counts.Candidates);
            writer.WriteNumber("totalTokenCount", counts.Prompt + counts.Candidates + counts.Thoughts + counts.ToolUse);
            WriteUnlessZero(writer, "cachedContentTokenCount", counts.Cached);
            WriteUnlessZero(writer, "toolUsePromptTokenCount", counts.ToolUse);
            WriteUnlessZero(writer, "thoughtsTokenCount", counts.Thoughts);
        }

        if (call.Flavour.IsVertex())
        {
            writer.WriteString("trafficType", "ON_DEMAND");
        }

        writer.WriteEndObject();
    }

    private static void WriteUnlessZero(Utf8JsonWriter writer, string name, int value)
    {
        if (value != 0)
        {
            writer.WriteNumber(name, value);
        }
    }
}
