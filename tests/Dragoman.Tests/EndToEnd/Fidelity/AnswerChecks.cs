using System.Text.Json;
using Dragoman.Tests.EndToEnd.Apis;
using static Dragoman.Tests.EndToEnd.Fidelity.FidelityCheck;

namespace Dragoman.Tests.EndToEnd.Fidelity;

/// <summary>What the client must see of an answer, and of a failure.</summary>
internal static class AnswerChecks
{
    /// <summary>The rows about streams.</summary>
    public static IReadOnlyList<FidelityCheck> Stream { get; } =
    [
        Fact("`message_start`", "has the model's name as it was asked for, and a usage that is not 0", seen =>
        {
            var message = First(seen, "dense", "message_start").GetProperty("message");
            return message.GetProperty("model").ValueEquals(seen.Api.Target) && message.GetProperty("usage").GetProperty("input_tokens").GetInt32() > 0;
        }),
        Fact("blocks", "one after the other, numbered from 0 without a gap", seen => IsSequential(seen.Views["dense"].Events)),
        Fact("thinking", "is a thinking block, and each of those has exactly one signature", seen =>
        {
            var view = seen.Views["dense"];
            // Gemini signs a call: a block without text carries that signature.
            var thinking = view.BlockTypes.Index().Where(block => block.Item == "thinking").Select(block => view.Block(block.Index)).ToList();
            return SseEvent.Text(thinking[0], "thinking") == "A thought."
                && thinking.TrueForAll(block => block.Count(step => step.Type == "content_block_delta" && step.Data.GetProperty("delta").TryGetProperty("signature", out var signature) && signature.GetString() is { Length: > 0 }) == 1);
        }),
        Fact("text", "comes piece by piece", seen => seen.Views["dense"].Block(1).Count(step => step.Type == "content_block_delta") > 1 && SseEvent.Text(seen.Views["dense"].Block(1)) == "Some text."),
        Fact("parallel calls", "are blocks of their own, with ids of their own and whole inputs", seen =>
        {
            var calls = SseEvent.Blocks(seen.Views["dense"].Events).Where(block => block.GetProperty("type").ValueEquals("tool_use")).ToList();
            return calls.Select(call => call.GetProperty("name").GetString()).SequenceEqual(["Read", "Shot"]) && calls.Select(call => call.GetProperty("id").GetString()).Distinct(StringComparer.Ordinal).Count() == 2
                && calls[0].GetProperty("input").GetProperty("file_path").ValueEquals("a") && calls[1].GetProperty("input").GetProperty("display").GetInt32() == 7;
        }),
        Fact("`stop_reason`", "is `tool_use` after calls, whatever the upstream's word", seen => SseEvent.StopReason(seen.Views["dense"].Events) == "tool_use"),
        Fact("final usage", "has the upstream's own counts", seen => Total(Usage(seen)) == 1000 && Usage(seen).GetProperty("output_tokens").GetInt32() == 30),
        FactFor(api => api.CountsCache, "cached tokens", "are reported, and not counted twice", seen => Usage(seen).GetProperty("cache_read_input_tokens").GetInt32() == 900 && Usage(seen).GetProperty("input_tokens").GetInt32() == 100),
        Fact("thinking in the next turn", "comes back to the model that thought it", seen => seen.Views["next"].Sent.Contains(Thought(seen.Api), StringComparison.Ordinal)),
        Fact("results of the next turn", "reach the calls under the upstream's own ids, in its order", seen => Paired(seen)),
        Fact("a silent upstream", "is covered by pings from the start", seen => seen.Views["silence"].Status == 200 && SseEvent.Text(seen.Views["silence"].Events) == "late"),
        Fact("the upstream's error in mid-stream", "is an `error` event with its words and no good end", seen => Fails(seen.Views["error"], "the upstream's own words")),
        Fact("a stream that is cut off", "is an `error` event and no good end", seen => Fails(seen.Views["cut"], seen.Api.Model)),
        Fact("a whole answer", "has the same text, reason and counts", seen =>
        {
            var message = seen.Views["whole"].Json;
            return message.GetProperty("content")[0].GetProperty("text").ValueEquals("I begin and I end.") && message.GetProperty("stop_reason").ValueEquals("end_turn") && Total(message.GetProperty("usage")) == 1000;
        }),
    ];

    /// <summary>The rows about refusals, and what is around them.</summary>
    public static IReadOnlyList<FidelityCheck> Errors { get; } =
    [
        Fact("429", "is a 429 `rate_limit_error` with the upstream's words", seen => IsError(seen.Views["429"], 429, "rate_limit_error", "the upstream's own words")),
        Fact("`retry-after`", "is kept", seen => seen.Views["429"].RetryAfter == 7),
        Fact("context overflow", "is the 400 by which Claude Code knows to compact, with both numbers", seen => IsError(seen.Views["overflow"], 400, "invalid_request_error", "prompt is too long: 5000 tokens > 4096 maximum")),
        Fact("`count_tokens`", "answers", seen => seen.Views["count"].Status == 200 && seen.Views["count"].Json.GetProperty("input_tokens").GetInt32() > 0),
    ];

    private static JsonElement First(Evidence seen, string view, string type) => seen.Views[view].Events.First(step => step.Type == type).Data;

    private static JsonElement Usage(Evidence seen) => First(seen, "dense", "message_delta").GetProperty("usage");

    private static int Total(JsonElement usage) => usage.GetProperty("input_tokens").GetInt32() + (usage.TryGetProperty("cache_read_input_tokens", out var cached) && cached.ValueKind == JsonValueKind.Number ? cached.GetInt32() : 0);

    private static bool IsSequential(IReadOnlyList<SseEvent> events)
    {
        var (next, isOpen) = (0, false);
        foreach (var step in events.Where(step => step.Data.TryGetProperty("index", out _)))
        {
            var index = step.Data.GetProperty("index").GetInt32();
            if (step.Type == "content_block_start" ? isOpen || index != next : !isOpen || index != next) return false;
            if (step.Type == "content_block_start") isOpen = true;
            if (step.Type == "content_block_stop") (isOpen, next) = (false, next + 1);
        }

        return !isOpen && next >= 4;
    }

    private static bool Fails(ClientView view, string words) => view.Events is [.., { Type: "error" } last] && !view.Events.Any(step => step.Type is "message_delta" or "message_stop")
        && last.Data.GetProperty("error").GetProperty("message").GetString()!.Contains(words, StringComparison.Ordinal);

    private static bool IsError(ClientView view, int status, string type, string words) => view.Status == status && view.Json.GetProperty("type").ValueEquals("error")
        && view.Json.GetProperty("error").GetProperty("type").ValueEquals(type) && view.Json.GetProperty("error").GetProperty("message").GetString()!.Contains(words, StringComparison.Ordinal)
        && view.Json.GetProperty("request_id").GetString() is { Length: > 0 };

    // What an API takes back: its own text, or what it sealed or signed.
    private static string Thought(UpstreamApi api) =>
        api == UpstreamApis.Gemini ? "\"thoughtSignature\":\"QUJD\"" : api == UpstreamApis.Responses ? "\"encrypted_content\":\"SEALED\"" : api == UpstreamApis.Anthropic ? "\"signature\":\"U0lH\"" : "A thought.";

    private static bool Paired(Evidence seen)
    {
        var sent = seen.Views["next"].Sent;
        if (seen.Api == UpstreamApis.Anthropic) return sent.Contains("\"tool_use_id\":\"toolu_2\"", StringComparison.Ordinal) && sent.Contains("\"tool_use_id\":\"toolu_1\"", StringComparison.Ordinal);
        var results = sent[sent.LastIndexOf("\"Shot\"", sent.IndexOf("ran", StringComparison.Ordinal), StringComparison.Ordinal)..];
        // Gemini pairs by name and order, the others by the ids that they gave.
        var (first, second) = seen.Api == UpstreamApis.Gemini ? ("\"Read\"", "\"Shot\"") : ("call_1", "call_2");
        var at = results.IndexOf(first, StringComparison.Ordinal);
        return at >= 0 && results.IndexOf(second, at, StringComparison.Ordinal) > at;
    }
}
