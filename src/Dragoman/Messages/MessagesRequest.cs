namespace Dragoman.Messages;

/// <summary>Who speaks.</summary>
internal enum Role { User, Assistant, System }

/// <summary>One entry of <c>messages</c>.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">Its blocks; a plain string is one text block.</param>
/// <param name="Effort">The effort that this message asks for from here on (Claude Code's per-turn control), if any.</param>
internal sealed record Message(Role Role, IReadOnlyList<ContentBlock> Content, string? Effort = null);

/// <summary>The kinds of <c>thinking</c>.</summary>
internal enum ThinkingKind { Disabled, Enabled, Adaptive, BetweenTools }

/// <summary>How thinking is shown to the client.</summary>
internal enum ThinkingDisplay { Summarized, Omitted, Updates }

/// <summary>The request's <c>thinking</c>. <paramref name="BudgetTokens"/> is set for <see cref="ThinkingKind.Enabled"/> only.</summary>
internal sealed record Thinking(ThinkingKind Kind, int? BudgetTokens = null, ThinkingDisplay Display = ThinkingDisplay.Summarized)
{
    /// <summary>Thinking is wanted: the model may reason before it answers.</summary>
    public bool IsOn => Kind is ThinkingKind.Enabled or ThinkingKind.Adaptive;
}

/// <summary>One edit of <c>context_management</c>; the fields that a kind does not know are null.</summary>
internal sealed record ContextEdit
{
    /// <summary><c>clear_tool_uses_20250919</c>, <c>clear_thinking_20251015</c> or <c>compact_20260112</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Input tokens that must be reached before the edit is done.</summary>
    public int? TriggerTokens { get; init; }

    /// <summary>Tool uses that must be reached before the edit is done.</summary>
    public int? TriggerToolUses { get; init; }

    /// <summary>How many of the newest tool uses (or thinking turns) stay. Null: the type's default.</summary>
    public int? Keep { get; init; }

    /// <summary>Everything stays: the edit is a no-op.</summary>
    public bool KeepAll { get; init; }

    /// <summary>Do nothing unless at least so many input tokens go.</summary>
    public int? ClearAtLeast { get; init; }

    /// <summary>Tools whose results are never cleared.</summary>
    public IReadOnlyList<string> ExcludeTools { get; init; } = [];

    /// <summary>Inputs of all tool calls go too.</summary>
    public bool ClearAllInputs { get; init; }

    /// <summary>Inputs of calls of these tools go too.</summary>
    public IReadOnlyList<string> ClearInputsOf { get; init; } = [];
}

/// <summary>A request to <c>POST /v1/messages</c> or <c>/v1/messages/count_tokens</c>, parsed and checked. A view into <see cref="Body"/>.</summary>
internal sealed record MessagesRequest
{
    private ClientSession? _session;

    /// <summary>The whole body, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The model that the client asked for.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>The system prompt's text blocks, the client's attribution block among them.</summary>
    public IReadOnlyList<TextBlock> System { get; init; } = [];

    /// <summary>The most tokens to generate; 0 only warms the cache. Absent when counting.</summary>
    public int MaxTokens { get; init; }

    /// <summary>Answer as a stream of events.</summary>
    public bool Stream { get; init; }

    /// <summary>Texts that end the answer.</summary>
    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>The tools on offer, in the client's order.</summary>
    public IReadOnlyList<Tool> Tools { get; init; } = [];

    /// <summary>Which tool may be called; null means auto.</summary>
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>Null when the client says nothing of thinking.</summary>
    public Thinking? Thinking { get; init; }

    /// <summary>low, medium, high, xhigh or max: <c>output_config.effort</c>, or what the newest message that speaks of it says.</summary>
    public string? Effort { get; init; }

    /// <summary>Raw JSON Schema that the answer's text must fit (<c>output_config.format</c>, <c>output_format</c>); empty for free text.</summary>
    public ReadOnlyMemory<byte> OutputSchema { get; init; }

    /// <summary>0 to 1, or null.</summary>
    public double? Temperature { get; init; }

    /// <summary>0 to 1, or null.</summary>
    public double? TopP { get; init; }

    /// <summary>0 or more, or null.</summary>
    public int? TopK { get; init; }

    /// <summary>Edits to be done to the conversation before the model sees it.</summary>
    public IReadOnlyList<ContextEdit> ContextEdits { get; init; } = [];

    /// <summary><c>metadata.user_id</c>, opaque.</summary>
    public string? UserId
    {
        get;
        init => (field, _session) = (value, null);
    }

    /// <summary>Paths of fields that the gateway does not know or that mean nothing outside Anthropic; for the verbose log.</summary>
    public IReadOnlyList<string> IgnoredFields { get; init; } = [];

    /// <summary>What the request says outside its body.</summary>
    public ClientHead Client
    {
        get;
        init => (field, _session) = (value, null);
    } = ClientHead.None;

    /// <summary>The session that it belongs to; found once.</summary>
    public ClientSession Session => _session ??= ClientSession.Of(Client, UserId);

    /// <summary>
    /// What is wrong with the request; then only <see cref="Body"/>, <see cref="Model"/> and <see cref="Stream"/> are there. Only an upstream that speaks the
    /// client's own language may be asked: it may know more than this gateway does (a new kind of block), and says so if it doesn't.
    /// </summary>
    public InvalidRequestException? Fault { get; init; }

    /// <summary>What the prompt was counted as, if it was; kept here so that it is counted once on its way.</summary>
    public CountedPrompt? Counted { get; set; }

    /// <summary>Fields that are known to be lost or approximated whatever the provider, as <c>field=how</c>.</summary>
    public IReadOnlyList<string> Degraded { get; init; } = [];
}

/// <summary>A prompt's size by the word rule, and the parts that it is the size of: a copy of the request with other ones must be counted anew.</summary>
internal sealed class CountedPrompt(MessagesRequest request, int tokens)
{
    private readonly IReadOnlyList<TextBlock> _system = request.System;
    private readonly IReadOnlyList<Tool> _tools = request.Tools;
    private readonly IReadOnlyList<Message> _messages = request.Messages;

    /// <summary>The size.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>It is the size of this request.</summary>
    public bool IsOf(MessagesRequest request) => ReferenceEquals(_system, request.System) && ReferenceEquals(_tools, request.Tools) && ReferenceEquals(_messages, request.Messages);
}
