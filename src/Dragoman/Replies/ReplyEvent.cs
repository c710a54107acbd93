using Dragoman.Messages;
using Dragoman.Tokens;

namespace Dragoman.Replies;

/// <summary>What a <see cref="ReplyEvent"/> says.</summary>
internal enum ReplyEventKind
{
    /// <summary>The request is translated and about to be sent; carries a <see cref="Replies.Opened"/>. Not visible to the client.</summary>
    Opened,

    /// <summary>A piece of text.</summary>
    Text,

    /// <summary>A piece of thinking.</summary>
    Thinking,

    /// <summary>
    /// What the upstream wants to have back with the next turn: a string. It travels in the signature of the thinking block that is open, else in that of
    /// an empty one: thinking blocks are the only thing that clients give back untouched.
    /// </summary>
    Signature,

    /// <summary>The model begins a tool call; carries a <see cref="ToolCallStart"/>.</summary>
    ToolCall,

    /// <summary>A tool runs on the upstream's side; carries a <see cref="ToolCallStart"/>. Its input follows as <see cref="ToolInput"/>.</summary>
    ServerToolCall,

    /// <summary>What that tool answered; carries a <see cref="ServerToolResult"/>.</summary>
    ServerToolResult,

    /// <summary>A text, whole, that rests on pages; carries its <see cref="WebCitation"/>s. It is a block of its own.</summary>
    CitedText,

    /// <summary>A piece of the tool call's input: JSON text, escaped as it must stand inside a JSON string.</summary>
    ToolInput,

    /// <summary>The answer is complete; carries a <see cref="Finish"/>. The last event of a good stream.</summary>
    Finished,

    /// <summary>The upstream failed; carries an <see cref="UpstreamError"/>. The last event of a bad stream.</summary>
    Failed,
}

/// <summary>
/// One step of a model's answer, in the order in which it was generated. Providers know nothing of block indices or pings:
/// <see cref="StreamGuard"/> makes well-formed blocks of the events. <see cref="Text"/> is a view that lives until the next event is asked for.
/// </summary>
internal readonly struct ReplyEvent
{
    private readonly object? _payload;

    private ReplyEvent(ReplyEventKind kind, JsonText text, object? payload)
    {
        Kind = kind;
        Text = text;
        _payload = payload;
    }

    /// <summary>What happened.</summary>
    public ReplyEventKind Kind { get; }

    /// <summary>The piece of text, thinking or tool input.</summary>
    public JsonText Text { get; }

    /// <summary>The payload of <see cref="ReplyEventKind.Opened"/>.</summary>
    public Opened Opened => (Opened)_payload!;

    /// <summary>The payload of <see cref="ReplyEventKind.Signature"/>.</summary>
    public string Signature => (string)_payload!;

    /// <summary>The payload of <see cref="ReplyEventKind.ToolCall"/> and <see cref="ReplyEventKind.ServerToolCall"/>.</summary>
    public ToolCallStart Call => (ToolCallStart)_payload!;

    /// <summary>The payload of <see cref="ReplyEventKind.ServerToolResult"/>.</summary>
    public ServerToolResult ServerToolResult => (ServerToolResult)_payload!;

    /// <summary>The payload of <see cref="ReplyEventKind.CitedText"/>.</summary>
    public IReadOnlyList<WebCitation> Citations => (IReadOnlyList<WebCitation>)_payload!;

    /// <summary>The payload of <see cref="ReplyEventKind.Finished"/>.</summary>
    public Finish Finish => (Finish)_payload!;

    /// <summary>The payload of <see cref="ReplyEventKind.Failed"/>.</summary>
    public UpstreamError Error => (UpstreamError)_payload!;

    /// <summary>The request is translated.</summary>
    public static ReplyEvent Open(Opened opened) => new(ReplyEventKind.Opened, default, opened);

    /// <summary>A piece of text.</summary>
    public static ReplyEvent OfText(JsonText text) => new(ReplyEventKind.Text, text, null);

    /// <summary>A piece of thinking.</summary>
    public static ReplyEvent OfThinking(JsonText text) => new(ReplyEventKind.Thinking, text, null);

    /// <summary>The upstream's own signature.</summary>
    public static ReplyEvent OfSignature(string signature) => new(ReplyEventKind.Signature, default, signature);

    /// <summary>A tool call begins.</summary>
    public static ReplyEvent OfToolCall(ToolCallStart call) => new(ReplyEventKind.ToolCall, default, call);

    /// <summary>A tool runs on the upstream's side.</summary>
    public static ReplyEvent OfServerToolCall(ToolCallStart call) => new(ReplyEventKind.ServerToolCall, default, call);

    /// <summary>What a tool on the upstream's side answered.</summary>
    public static ReplyEvent OfServerToolResult(ServerToolResult result) => new(ReplyEventKind.ServerToolResult, default, result);

    /// <summary>A text that rests on pages.</summary>
    public static ReplyEvent OfCitedText(JsonText text, IReadOnlyList<WebCitation> citations) => new(ReplyEventKind.CitedText, text, citations);

    /// <summary>A piece of a tool call's input.</summary>
    public static ReplyEvent OfToolInput(JsonText json) => new(ReplyEventKind.ToolInput, json, null);

    /// <summary>The answer is complete.</summary>
    public static ReplyEvent Finished(Finish finish) => new(ReplyEventKind.Finished, default, finish);

    /// <summary>The upstream failed.</summary>
    public static ReplyEvent Failed(UpstreamError error) => new(ReplyEventKind.Failed, default, error);
}

/// <summary>What is about to be sent upstream.</summary>
/// <param name="Body">The translated request. A view that lives as long as the enumeration of the events.</param>
/// <param name="Degraded">What the upstream can't take as it was asked, as <c>field=how</c>; for the answer's header and the log.</param>
/// <param name="Prompt">The prompt's estimated size: for <c>message_start</c>, and to learn from when the real one is known.</param>
internal sealed record Opened(ReadOnlyMemory<byte> Body, IReadOnlyList<string> Degraded, PromptEstimate Prompt);

/// <summary>The head of a tool call.</summary>
internal sealed record ToolCallStart(string Id, string Name, string? ToolsetName = null);

/// <summary>The end of a good answer.</summary>
internal sealed record Finish(StopReason Reason, Usage Usage)
{
    /// <summary>The upstream's own word for an ending that has no counterpart here; for the log.</summary>
    public string? UpstreamReason { get; init; }

    /// <summary>The stop sequence that was hit.</summary>
    public string? StopSequence { get; init; }

    /// <summary>For <see cref="StopReason.Refusal"/>: the upstream's reason in words.</summary>
    public string? RefusalExplanation { get; init; }

    /// <summary>How the upstream spent its time, where it says so.</summary>
    public UpstreamTimings? Timings { get; init; }
}

/// <summary>How an upstream spent its time.</summary>
/// <param name="Load">Loading the model.</param>
/// <param name="Prefill">Reading the prompt.</param>
/// <param name="Decode">Writing the answer.</param>
/// <param name="CachedShare">The likely part of the prompt that came from the cache, 0 to 1; null when there is nothing to compare with.</param>
internal sealed record UpstreamTimings(TimeSpan Load, TimeSpan Prefill, TimeSpan Decode, double? CachedShare = null);
