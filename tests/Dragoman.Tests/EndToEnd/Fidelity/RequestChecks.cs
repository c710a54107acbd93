using System.Text.Json;
using System.Text.RegularExpressions;
using static Dragoman.Tests.EndToEnd.Fidelity.FidelityCheck;

namespace Dragoman.Tests.EndToEnd.Fidelity;

/// <summary>What must become of each thing in the dense request.</summary>
internal static partial class RequestChecks
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<FidelityCheck> All { get; } =
    [
        Fact("the request as a whole", "the upstream's own rules accept it", seen => seen.Status == 200),
        Fact("the upstream's key", "goes in a header, never in an address", seen => Array.TrueForAll(["AIza", "sk-"], key => !seen.Views["dense"].Path.Contains(key, StringComparison.Ordinal))),
        Fact("the upstream's stream", "is asked for when the client wants one", seen => seen.Views["dense"].Path.Contains(":streamGenerateContent?alt=sse", StringComparison.Ordinal) || seen.Views["dense"].Sent.Contains("\"stream\":true", StringComparison.Ordinal)),
        Fact("attribution block", "does not reach a model whose cache it would spoil; stays for Anthropic", seen => seen.Body.Contains("billing", StringComparison.Ordinal) == seen.Api.PassesErrors),
        Field("system, second block", "begins what the API has as its system prompt", "\"SYSTEM-BLOCK-TWO", "system", ollama: "messages.0.content", gemini: "systemInstruction.parts.0.text", chat: "messages.0.content", responses: "instructions", anthropic: "system.1.text"),
        Field("`max_tokens`", "the same limit", "500", "max_tokens", ollama: "options.num_predict", gemini: "generationConfig.maxOutputTokens", chat: "max_tokens", responses: "max_output_tokens", anthropic: "max_tokens"),
        Field("`temperature`", "the same value", "0.25", "temperature", ollama: "options.temperature", gemini: "generationConfig.temperature", chat: "temperature", responses: "temperature", anthropic: "temperature"),
        Field("`top_p`", "the same value", "0.75", "top_p", ollama: "options.top_p", gemini: "generationConfig.topP", chat: "top_p", responses: "top_p", anthropic: "top_p"),
        Field("`top_k`", "the same value", "33", "top_k", ollama: "options.top_k", gemini: "generationConfig.topK", chat: "top_k", anthropic: "top_k", responses: "top_k"),
        Field("`thinking` adaptive", "the model thinks, and shows it", "true", "thinking", ollama: "think", gemini: "generationConfig.thinkingConfig.includeThoughts", chat: "chat_template_kwargs.enable_thinking", responses: "reasoning.summary=\"auto\"", anthropic: "thinking.type=\"adaptive\""),
        Field("`output_config.effort`", "the API's word for it", "\"high\"", "effort", ollama: "think", gemini: "generationConfig.thinkingConfig.thinkingLevel=\"HIGH\"", chat: "reasoning_effort", responses: "reasoning.effort", anthropic: "output_config.effort"),
        Pieces("`output_config.format`", "the answer is held to the schema", "output_config.format", "FORMAT_FIELD"),
        Fact("`context_management`", "carried out or passed on, and reported", seen => seen.Api.PassesErrors ? seen.Body.Contains("clear_thinking_20251015", StringComparison.Ordinal) : seen.Answer.Contains("\"applied_edits\":[", StringComparison.Ordinal), "context_management"),
        Field("`tool_choice` any", "the answer must be a call", "\"required\"", "tool_choice", ollama: "format={}", gemini: "toolConfig.functionCallingConfig.mode=\"ANY\"", chat: "tool_choice", responses: "tool_choice", anthropic: "tool_choice.type=\"any\""),
        Fact("`disable_parallel_tool_use`", "the client gets one call at a time", seen => seen.Api.PassesErrors ? seen.At("tool_choice.disable_parallel_tool_use") == "true" : seen.Views["single"].BlockTypes.Count(type => type == "tool_use") == 1),
        Pieces("`tools`", "names and descriptions", "tools", "Read", "READ-DESCRIPTION", "Shot", "SHOT-DESCRIPTION"),
        Pieces("constraints in a schema", "in the schema, or in words", "tools.input_schema", "minimum"),
        Pieces("`input_examples`", "the model sees them", "tools.input_examples", "EXAMPLE-PATH"),
        Pieces("`web_search`", "a tool of the API's own, or the model is told that there is none", "web_search", "web_search"),
        Pieces("text", "reaches the model", "text", "USER-TEXT", "ASSISTANT-TEXT"),
        Pieces("image, base64", "the model sees it", "images", "iVBORw0KGgo="),
        Fact("image between texts", "keeps its place", seen => seen.InOrder("USER-TEXT", "iVBORw0KGgo=", "DOCUMENT-TEXT"), "images.position"),
        Fact("image, URL", "the model sees it", seen => seen.Body.Contains(FidelityWorld.Picture, StringComparison.Ordinal) || seen.At("messages.0.content.2.source.url") is not null, "images.url"),
        Fact("document, PDF", "the model reads it", seen => seen.Body.Contains("JVBERi0xLjQK", StringComparison.Ordinal), "documents.pdf"),
        Pieces("document, text", "text, title and context", "documents", "DOCUMENT-TEXT", "DOCUMENT-TITLE", "DOCUMENT-CONTEXT"),
        Pieces("`search_result`", "text, title and source", "search_result", "SEARCH-TEXT", "SEARCH-TITLE", "SEARCH-SOURCE"),
        Fact("`role: system` in the middle", "keeps its place in the conversation", seen => seen.InOrder("USER-TEXT", "MIDDLE-SYSTEM", "ASSISTANT-TEXT")),
        Pieces("thinking in the history", "comes back to the model", "thinking_history|history.thinking", "OLD-THOUGHT"),
        Fact("`redacted_thinking` in the history", "comes back to its author", seen => seen.Body.Contains("redacted_thinking", StringComparison.Ordinal), "redacted_thinking|history.thinking"),
        Fact("two calls in the history", "both, in their order, with their inputs", seen => seen.InOrder("ASSISTANT-TEXT", "INPUT-PATH", "display"), "thought_signature"),
        Fact("results in reverse order", "each reaches its own call", seen => seen.Api.PassesErrors ? seen.InOrder("toolu_B", "RESULT-B", "toolu_A", "RESULT-A") : seen.InOrder("INPUT-PATH", "RESULT-A", "RESULT-B")),
        Fact("`is_error`", "the model is told that the tool failed", seen => Failed().IsMatch(seen.Body)),
        Pieces("image in a result", "the model sees it", "tool_result.media|images", "UkVTVUxUSU1H"),
        Pieces("`tool_reference` in a result", "the model is offered the tool that was found", "tool_reference", "Fetch", "FETCH-DESCRIPTION"),
        Fact("`stop_sequences`", "the text ends there, and the client is told at which", seen => seen.Api.PassesErrors ? seen.At("stop_sequences.0") == "\"STOP-HERE\"" : Stopped(seen.Views["stop"]), "stop_sequences"),
    ];

    // Words before the result, a field of it, or the API's own flag.
    [GeneratedRegex("""(failed|"error")[^{}]{0,60}RESULT-A|RESULT-A[^{}]{0,40}"is_error":true|"is_error":true[^{}]{0,40}RESULT-A""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Failed();

    private static bool Stopped(ClientView view)
    {
        if (SseEvent.Text(view.Events) != "before ") return false;
        var delta = view.Events.Single(step => step.Type == "message_delta").Data.GetProperty("delta");
        return delta.GetProperty("stop_reason").ValueEquals("stop_sequence") && delta.GetProperty("stop_sequence") is { ValueKind: JsonValueKind.String } stop && stop.ValueEquals("STOP-HERE");
    }
}
