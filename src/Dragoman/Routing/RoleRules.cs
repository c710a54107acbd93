using Dragoman.Messages;

namespace Dragoman.Routing;

/// <summary>Which requests a role is for. Pure.</summary>
internal static class RoleRules
{
    /// <summary>Whether a role takes a request, and why or why not.</summary>
    public static RoleVerdict Judge(RequestRole role, in RoleSubject subject) => role.Name switch
    {
        "webSearch" => WebSearch(subject.Request),
        "longContext" => LongContext(role, subject),
        "image" => Image(subject.Request),
        "background" => ClaudeCode.SideRequest(subject.Request) is { } why ? new RoleVerdict(true, why) : new RoleVerdict(false, "no side request of Claude Code"),
        "subagent" => Subagent(subject),
        "thinking" => subject.Request.Thinking is { IsOn: true } on ? new RoleVerdict(true, on.Kind == ThinkingKind.Adaptive ? "adaptive" : "enabled") : new RoleVerdict(false, "not asked for"),
        _ => throw new InvalidOperationException($"There is no rule for the role {role.Name}."),
    };

    private static RoleVerdict WebSearch(MessagesRequest request)
    {
        if (request.ToolChoice is { Kind: ToolChoiceKind.None }) return new RoleVerdict(false, "tool_choice none");
        var search = request.Tools.FirstOrDefault(tool => tool.Kind == ToolKind.Server && tool.Type.StartsWith("web_search", StringComparison.Ordinal));
        return search is null ? new RoleVerdict(false, "no web_search tool") : new RoleVerdict(true, search.Type);
    }

    private static RoleVerdict LongContext(RequestRole role, in RoleSubject subject)
    {
        var (size, above, staysAbove) = ($"about {subject.Tokens:N0} tokens", role.Above!.Value, role.StaysAbove!.Value);
        if (subject.Tokens > above) return new RoleVerdict(true, $"{size}, above {above:N0}");
        if (subject.Tokens <= staysAbove) return new RoleVerdict(false, $"{size}, not above {above:N0}");
        return subject.WasLong
            ? new RoleVerdict(true, $"{size}, was above {above:N0} and stays above {staysAbove:N0}")
            : new RoleVerdict(false, $"{size}, not above {above:N0}; a conversation that was stays above {staysAbove:N0}");
    }

    // Anywhere in what will be sent: a model that can't see would lose what it was shown before, and a conversation that changes its model from turn to turn loses
    // the cache each time. It comes back when the image is gone (compaction, a new conversation).
    private static RoleVerdict Image(MessagesRequest request)
    {
        for (var i = request.Messages.Count - 1; i >= 0; i--)
        {
            if (HasImage(request.Messages[i].Content)) return new RoleVerdict(true, $"an image in messages.{i}");
        }

        return new RoleVerdict(false, "no image");
    }

    private static bool HasImage(IReadOnlyList<ContentBlock> blocks)
    {
        foreach (var block in blocks)
        {
            var found = block switch
            {
                ImageBlock => true,
                ToolResultBlock result => HasImage(result.Content),
                DocumentBlock { Source: BlocksSource parts } => HasImage(parts.Content),
                _ => false,
            };
            if (found) return true;
        }

        return false;
    }

    // What a definition, the Agent tool or CLAUDE_CODE_SUBAGENT_MODEL says arrives as the request's model, like an inherited one; it differs from the main conversation's.
    private static RoleVerdict Subagent(in RoleSubject subject)
    {
        var request = subject.Request;
        if (!ClaudeCode.IsSubAgent(request)) return new RoleVerdict(false, "no sub-agent");
        if (subject.MainModel is { } main && !Same(main, request.Model)) return new RoleVerdict(false, $"its own model {request.Model}, while the main conversation has {main}");
        return new RoleVerdict(true, subject.MainModel is null ? "sub-agent" : "sub-agent with the main conversation's model");
    }

    private static bool Same(string left, string right) =>
        string.Equals(ModelName.Base(ModelName.Clean(left)), ModelName.Base(ModelName.Clean(right)), StringComparison.OrdinalIgnoreCase);
}

/// <summary>What roles look at.</summary>
/// <param name="Request">The request.</param>
/// <param name="Tokens">Its estimated size for the model that it would go to without roles; 0 when no role asks for it.</param>
/// <param name="MainModel">The model that the main conversation of its session asks for; null: not known.</param>
/// <param name="WasLong">The role <c>longContext</c> took the conversation's last turn.</param>
internal readonly record struct RoleSubject(MessagesRequest Request, int Tokens, string? MainModel, bool WasLong);

/// <summary>A role's judgement.</summary>
/// <param name="Takes">The role is for this request.</param>
/// <param name="Why">Why, or why not, in a few words.</param>
internal readonly record struct RoleVerdict(bool Takes, string Why);
