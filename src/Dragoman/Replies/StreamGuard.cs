using System.Text;
using Dragoman.Messages;

namespace Dragoman.Replies;

/// <summary>What the client may see of the model's thinking.</summary>
internal enum ThinkingVisibility
{
    /// <summary>The client did not ask for thinking: none is sent.</summary>
    Hidden,

    /// <summary>A thinking block whose text travels in the signature only (<c>display: omitted</c>).</summary>
    Sealed,

    /// <summary>Thinking is streamed.</summary>
    Shown,
}

/// <summary>
/// The grammar of an answer: makes blocks of a provider's events, opens and closes them, and gives every thinking block exactly one signature.
/// No provider can break the order that clients' accumulators insist on, because none of them sees it.
/// </summary>
/// <param name="visibility">What the client may see of the thinking.</param>
/// <param name="author">Who writes the answer, for the signatures; asked when a block ends, as a fallback may have changed it.</param>
internal sealed class StreamGuard(ThinkingVisibility visibility, Func<ThinkingSignature> author)
{
    private readonly StringBuilder _sealed = new();
    private string? _upstreamSignature;
    private BlockKind? _open;
    private bool _calledTool;

    /// <summary>Takes the blocks.</summary>
    public IBlockSink Sink { get; set; } = null!;

    /// <summary>Passes one event on. <see cref="ReplyEventKind.Opened"/> and the two endings are the caller's business.</summary>
    public void Write(in ReplyEvent step)
    {
        switch (step.Kind)
        {
            case ReplyEventKind.Text: Append(BlockKind.Text, step.Text); break;
            case ReplyEventKind.Thinking: Think(step.Text); break;
            case ReplyEventKind.Signature: Remember(step.Signature); break;
            case ReplyEventKind.ToolCall: Call(BlockKind.ToolUse, step.Call); break;
            case ReplyEventKind.ServerToolCall: Call(BlockKind.ServerToolUse, step.Call); break;
            case ReplyEventKind.ServerToolResult: AddResult(step.ServerToolResult); break;
            case ReplyEventKind.CitedText: Cite(step.Text, step.Citations); break;
            case ReplyEventKind.ToolInput: AppendInput(step.Text); break;
            default: throw new InvalidOperationException($"A {step.Kind} event makes no block.");
        }
    }

    /// <summary>Ends the answer; returns the stop reason that fits what was sent.</summary>
    public StopReason End(StopReason reason)
    {
        Close();
        // A client runs the calls only when the stop reason says so; upstreams often say "stop" all the same.
        return _calledTool && reason != StopReason.Refusal ? StopReason.ToolUse : reason;
    }

    private void Append(BlockKind kind, JsonText text)
    {
        // An empty text block would be refused when the client sends it back.
        if (text.IsEmpty) return;
        Open(kind);
        Sink.Delta(kind, text);
    }

    private void Cite(JsonText text, IReadOnlyList<WebCitation> citations)
    {
        Close();
        if (text.IsEmpty) return;
        Open(BlockKind.Text);
        foreach (var citation in citations) Sink.Cite(citation);
        Sink.Delta(BlockKind.Text, text);
        Close();
    }

    private void Think(JsonText text)
    {
        if (visibility == ThinkingVisibility.Hidden || text.IsEmpty) return;
        if (_upstreamSignature is not null) Close();
        Open(BlockKind.Thinking);
        if (visibility == ThinkingVisibility.Shown) Sink.Delta(BlockKind.Thinking, text);
        else _sealed.Append(text.ToString());
    }

    // Sent whatever the client may see: without it the upstream refuses the next turn. One block carries one.
    private void Remember(string signature)
    {
        if (_upstreamSignature is not null) Close();
        Open(BlockKind.Thinking);
        _upstreamSignature = signature;
    }

    private void Call(BlockKind kind, ToolCallStart call)
    {
        Close();
        _open = kind;
        _calledTool |= kind == BlockKind.ToolUse;
        Sink.Start(kind, call);
    }

    private void AddResult(ServerToolResult result)
    {
        Close();
        Sink.Add(result);
    }

    private void AppendInput(JsonText json)
    {
        if (_open is not (BlockKind.ToolUse or BlockKind.ServerToolUse)) throw new InvalidOperationException("Tool input without a tool call.");
        if (!json.IsEmpty) Sink.Delta(_open.Value, json);
    }

    private void Open(BlockKind kind)
    {
        if (_open == kind) return;
        Close();
        _open = kind;
        Sink.Start(kind, call: null);
    }

    private void Close()
    {
        if (_open is null) return;
        if (_open == BlockKind.Thinking) Sign();
        Sink.Stop();
        _open = null;
    }

    private void Sign()
    {
        var thinking = _sealed.Length > 0 ? _sealed.ToString() : null;
        _sealed.Clear();
        Sink.Signature((author() with { Thinking = thinking, Upstream = _upstreamSignature }).Seal());
        _upstreamSignature = null;
    }
}
