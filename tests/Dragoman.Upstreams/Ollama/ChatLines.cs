using System.Globalization;
using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>A part of the assistant's message.</summary>
internal sealed record MessagePart(string Thinking = "", string Content = "")
{
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];
}

/// <summary>The numbers of a done line. Durations are nanoseconds; what is 0 is left out, as Go's omitempty does.</summary>
internal sealed record Metrics(long LoadDuration, int PromptEvalCount, long PromptEvalDuration, int EvalCount, long EvalDuration)
{
    // A middling graphics card: 2000 tokens/s read, 50 tokens/s written, a second to load.
    private const long NanosecondsPerPromptToken = 500_000;
    private const long NanosecondsPerToken = 20_000_000;
    private const long LoadNanoseconds = 1_000_000_000;

    /// <summary>
    /// The full prompt is counted, also the part found in the KV cache; the duration covers only what had to be evaluated. So
    /// duration by count collapses on a cache hit, which is the only trace of one.
    /// </summary>
    public static Metrics Of(ChatCall call, int? promptEval, int eval)
    {
        var evaluated = (long)(call.PromptTokens * (1 - call.PrefixReuse));
        return new Metrics(
            call.LoadedModel ? LoadNanoseconds : 0,
            promptEval ?? call.PromptTokens,
            Math.Max(1, evaluated) * NanosecondsPerPromptToken,
            eval,
            eval * NanosecondsPerToken);
    }

    public long TotalDuration => LoadDuration + PromptEvalDuration + EvalDuration;
}

/// <summary>The JSON of chat responses (<c>api.ChatResponse</c>), in Go's order of fields.</summary>
internal static class ChatLines
{
    /// <summary>A <c>done:false</c> line.</summary>
    public static string Chunk(string model, DateTimeOffset createdAt, MessagePart part) =>
        Line(model, createdAt, part, doneReason: null, metrics: null);

    /// <summary>The last line of a stream, or the whole answer when it is not streamed.</summary>
    public static string Done(string model, DateTimeOffset createdAt, MessagePart part, string doneReason, Metrics? metrics) =>
        Line(model, createdAt, part, doneReason, metrics);

    private static string Line(string model, DateTimeOffset createdAt, MessagePart part, string? doneReason, Metrics? metrics) => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model", model);
        writer.WriteString("created_at", createdAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        WriteMessage(writer, part);
        writer.WriteBoolean("done", doneReason is not null);
        if (!string.IsNullOrEmpty(doneReason))
        {
            writer.WriteString("done_reason", doneReason);
        }

        if (metrics is not null)
        {
            WriteUnlessZero(writer, "total_duration", metrics.TotalDuration);
            WriteUnlessZero(writer, "load_duration", metrics.LoadDuration);
            WriteUnlessZero(writer, "prompt_eval_count", metrics.PromptEvalCount);
            WriteUnlessZero(writer, "prompt_eval_duration", metrics.PromptEvalDuration);
            WriteUnlessZero(writer, "eval_count", metrics.EvalCount);
            WriteUnlessZero(writer, "eval_duration", metrics.EvalDuration);
        }

        writer.WriteEndObject();
    });

    private static void WriteMessage(Utf8JsonWriter writer, MessagePart part)
    {
        writer.WriteStartObject("message");
        writer.WriteString("role", "assistant");
        writer.WriteString("content", part.Content);
        if (part.Thinking.Length > 0)
        {
            writer.WriteString("thinking", part.Thinking);
        }

        if (part.ToolCalls.Count > 0)
        {
            writer.WriteStartArray("tool_calls");
            foreach (var call in part.ToolCalls)
            {
                call.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteUnlessZero(Utf8JsonWriter writer, string name, long value)
    {
        if (value != 0)
        {
            writer.WriteNumber(name, value);
        }
    }
}
