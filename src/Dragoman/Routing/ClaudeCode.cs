using Dragoman.Delivery;
using Dragoman.Messages;

namespace Dragoman.Routing;

/// <summary>
/// What a request of Claude Code is for, as far as it can be told. Sources: requests recorded of 2.1.329, and its gateway protocol: with
/// <c>CLAUDE_CODE_GATEWAY_HINT_HEADERS=1</c> it says so itself in <c>x-claude-code-request-class</c>.
/// </summary>
internal static class ClaudeCode
{
    private const string ClassHeader = "x-claude-code-request-class";

    /// <summary>What the client itself calls the request; null when it doesn't say.</summary>
    public static string? Class(MessagesRequest request) => request.Client.Header(ClassHeader) is { Length: > 0 } kind ? kind : null;

    /// <summary>Whose request it is, and how urgent.</summary>
    public static Caller Caller(MessagesRequest request)
    {
        var priority = SideRequest(request) is not null ? Priority.Background : IsSubAgent(request) ? Priority.SubAgent : Priority.Conversation;
        return new Caller(priority, request.Session.Owner);
    }

    /// <summary>A sub-agent asks, not the main conversation.</summary>
    public static bool IsSubAgent(MessagesRequest request) => request.Session.Agent is not null || Class(request) is "subagent" or "workflow";

    /// <summary>A turn of the session's main conversation, which has tools, and so may have started sub-agents.</summary>
    public static bool IsMainTurn(MessagesRequest request) =>
        request.Session is { IsClaudeCode: true, Agent: null } && Class(request) is null or "main" && request.Tools.Any(tool => tool.Kind != ToolKind.Server);

    /// <summary>Why a request is a side request (a title, a label, a summary of a page, a probe) that any small model can answer; null when it isn't, or might not be.</summary>
    /// <remarks>
    /// A side request is one message without tools or thinking. Those that go on from the whole conversation (a recap, a suggestion, compaction) are not meant: their
    /// prefix is in the main model's cache, and a small model's context may not hold them. Of the others only what a user's own question can't look like is taken: a
    /// conversation without tools may begin with one message, but not with a schema for the answer or room for one token.
    /// </remarks>
    public static string? SideRequest(MessagesRequest request)
    {
        if (!request.Session.IsClaudeCode || request.Messages.Count != 1 || request.Tools.Count > 0 || request.Thinking is { IsOn: true }) return null;
        // A permission check of auto mode: what decides whether a command may run is no trifle.
        if (request.StopSequences.Count > 0 || request.Temperature is not null || request.ContextEdits.Count > 0) return null;
        return Class(request) switch
        {
            "auxiliary" when request.MaxTokens > 0 => $"side request ({ClassHeader}: auxiliary)",
            not null => null,
            null when request.MaxTokens == 1 => "probe (max_tokens 1)",
            null when !request.OutputSchema.IsEmpty && request.MaxTokens > 0 => request.OutputSchema.Span.IndexOf("\"title\""u8) >= 0 ? "title request" : "side request with a schema",
            _ => null,
        };
    }
}
