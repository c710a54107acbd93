using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Replies;

/// <summary>What an answer says of itself besides its blocks: the fields of <c>message_start</c> and of a whole message.</summary>
/// <param name="Id">The message's id, <c>msg_…</c>.</param>
/// <param name="Model">The model's name that the client sees.</param>
/// <param name="EstimatedInputTokens">The prompt's size before the upstream has told it.</param>
/// <param name="ReportsEdits">The client asked for context management, so the answer tells what was done.</param>
internal sealed record MessageHead(string Id, string Model, int EstimatedInputTokens, bool ReportsEdits)
{
    /// <summary>The edits that were done.</summary>
    public IReadOnlyList<AppliedEdit> AppliedEdits { get; init; } = [];

    /// <summary>Writes the usage object; every field of the type is there, null where nothing is known.</summary>
    public static void WriteUsage(Utf8JsonWriter json, Usage usage)
    {
        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, usage.InputTokens);
        json.WriteNumber("cache_creation_input_tokens"u8, 0);
        json.WriteNumber("cache_read_input_tokens"u8, usage.CacheReadTokens);
        json.WriteNumber("output_tokens"u8, usage.OutputTokens);
        json.WriteNull("cache_creation"u8);
        if (usage.ThinkingTokens is { } thinking)
        {
            json.WriteStartObject("output_tokens_details"u8);
            json.WriteNumber("thinking_tokens"u8, thinking);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("output_tokens_details"u8);
        }

        if (usage.WebSearches + usage.WebFetches > 0)
        {
            json.WriteStartObject("server_tool_use"u8);
            json.WriteNumber("web_search_requests"u8, usage.WebSearches);
            json.WriteNumber("web_fetch_requests"u8, usage.WebFetches);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("server_tool_use"u8);
        }

        json.WriteNull("service_tier"u8);
        json.WriteNull("inference_geo"u8);
        json.WriteEndObject();
    }

    /// <summary>Writes <c>context_management</c> when the client asked for it.</summary>
    public void WriteContextManagement(Utf8JsonWriter json)
    {
        if (!ReportsEdits) return;
        json.WriteStartObject("context_management"u8);
        json.WriteStartArray("applied_edits"u8);
        foreach (var edit in AppliedEdits)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, edit.Type);
            json.WriteNumber("cleared_input_tokens"u8, edit.ClearedInputTokens);
            if (edit.ClearedToolUses is { } uses) json.WriteNumber("cleared_tool_uses"u8, uses);
            if (edit.ClearedThinkingTurns is { } turns) json.WriteNumber("cleared_thinking_turns"u8, turns);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the fields before <c>content</c>.</summary>
    public void WriteIdentity(Utf8JsonWriter json)
    {
        json.WriteString("id"u8, Id);
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("model"u8, Model);
    }

    /// <summary>Writes the fields after <c>content</c>; <paramref name="finish"/> is null while the answer is still to come.</summary>
    public void WriteEnding(Utf8JsonWriter json, StopReason? reason, Finish? finish)
    {
        WriteStop(json, reason, finish);
        json.WriteNull("diagnostics"u8);
        json.WritePropertyName("usage"u8);
        // The real API counts one output token at the start.
        WriteUsage(json, finish?.Usage ?? new Usage(EstimatedInputTokens, OutputTokens: 1));
        if (finish is not null) WriteContextManagement(json);
    }

    /// <summary>Writes how the answer ended.</summary>
    public static void WriteStop(Utf8JsonWriter json, StopReason? reason, Finish? finish)
    {
        if (reason is { } ended) json.WriteString("stop_reason"u8, ended.WireName());
        else json.WriteNull("stop_reason"u8);
        json.WriteString("stop_sequence"u8, finish?.StopSequence);
        if (reason == StopReason.Refusal)
        {
            json.WriteStartObject("stop_details"u8);
            json.WriteString("type"u8, "refusal"u8);
            // The categories are Anthropic's own; no other upstream's reason fits one of them for sure.
            json.WriteNull("category"u8);
            json.WriteString("explanation"u8, finish?.RefusalExplanation);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("stop_details"u8);
        }

        json.WriteNull("container"u8);
    }
}
