using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.OpenAi;

/// <summary>Why an answer ended.</summary>
/// <param name="Reason">The stop reason for the client.</param>
/// <param name="Words">For a refusal or a failure: the reason, for a person.</param>
/// <param name="Failure">It is no answer: what went wrong.</param>
internal sealed record Ending(StopReason Reason, string? Words = null, UpstreamErrorKind? Failure = null)
{
    /// <summary>The ending that a <c>finish_reason</c> means. Unknown ones are good answers: each server has some of its own (<c>eos</c>, <c>stop_sequence</c>).</summary>
    public static Ending Of(string finishReason) => finishReason switch
    {
        "length" or "max_tokens" => new Ending(StopReason.MaxTokens),
        // Mistral.
        "model_length" or "model_context_window_exceeded" => new Ending(StopReason.ModelContextWindowExceeded),
        // "sensitive" is Z.ai's.
        "content_filter" or "sensitive" or "safety" => new Ending(StopReason.Refusal, $"the upstream ended the answer with {finishReason}: a content filter stopped it"),
        "refusal" => new Ending(StopReason.Refusal, "the model refused"),
        // OpenRouter, vLLM, SGLang, Z.ai.
        "error" or "abort" or "aborted" or "network_error" => new Ending(StopReason.EndTurn, $"the upstream ended the answer with {finishReason}", UpstreamErrorKind.Broken),
        // DeepSeek, Moonshot.
        "insufficient_system_resource" or "engine_overloaded" => new Ending(StopReason.EndTurn, $"the upstream ended the answer with {finishReason}", UpstreamErrorKind.Overloaded),
        _ => new Ending(StopReason.EndTurn),
    };

    /// <summary>The ending that the <c>incomplete_details.reason</c> of a response means.</summary>
    public static Ending OfIncomplete(string? reason) => reason switch
    {
        "content_filter" => Of(reason),
        _ => new Ending(StopReason.MaxTokens),
    };
}
