namespace Dragoman.Messages;

/// <summary>The rules that span several fields of a request. The wording is the real API's: clients show it and some parse it.</summary>
internal static class RequestRules
{
    /// <summary>Checks all rules.</summary>
    /// <exception cref="InvalidRequestException">A rule is broken.</exception>
    public static void Check(MessagesRequest request)
    {
        if (request.Messages.Count == 0) throw new InvalidRequestException("messages: at least one message is required");
        // Ollama, for one, takes a conversation of nothing as an order to load the model.
        if (request.Messages.All(message => message.Content.All(block => block is TextBlock { Text.IsEmpty: true })))
        {
            throw new InvalidRequestException("messages.0: all messages must have non-empty content except for the optional final assistant message");
        }

        CheckTools(request);
        CheckToolChoice(request);
        CheckThinking(request);
        CheckToolPairs(request.Messages);
    }

    private static void CheckTools(MessagesRequest request)
    {
        var names = new HashSet<string>(request.Tools.Count, StringComparer.Ordinal);
        foreach (var tool in request.Tools)
        {
            if (!names.Add(tool.Name)) throw new InvalidRequestException("tools: Tool names must be unique.");
        }
    }

    private static void CheckToolChoice(MessagesRequest request)
    {
        if (request.ToolChoice is not { } choice) return;
        if (request.Tools.Count == 0 && choice.Kind is ToolChoiceKind.Any or ToolChoiceKind.Tool)
        {
            throw new InvalidRequestException("tool_choice: tool_choice may only be specified while providing tools");
        }

        if (choice.Kind == ToolChoiceKind.Tool && !request.Tools.Any(tool => tool.Name == choice.Name))
        {
            throw new InvalidRequestException($"tool_choice: Tool '{choice.Name}' not found in provided tools");
        }
    }

    private static void CheckThinking(MessagesRequest request)
    {
        // max_tokens of 0 only warms the cache, and counting has none.
        if (request.Thinking is { Kind: ThinkingKind.Enabled } thinking && request.MaxTokens > 0 && request.MaxTokens <= thinking.BudgetTokens)
        {
            throw new InvalidRequestException("thinking.enabled.budget_tokens: `max_tokens` must be greater than `thinking.budget_tokens`");
        }
    }

    // Consecutive messages of one role count as one turn, and system messages in between belong to no turn.
    private static void CheckToolPairs(IReadOnlyList<Message> messages)
    {
        var open = new List<string>();
        var openedAt = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Role == Role.Assistant)
            {
                foreach (var block in messages[i].Content)
                {
                    if (block is not ToolUseBlock call) continue;
                    open.Add(call.Id);
                    openedAt = i;
                }
            }
            else if (messages[i].Role == Role.User)
            {
                Answer(messages[i], i, open);
                // Results may be spread over consecutive user messages.
                if (open.Count > 0 && NextRole(messages, i) != Role.User) throw Unanswered(openedAt, open);
            }
        }

        if (open.Count > 0) throw Unanswered(openedAt, open);
    }

    private static void Answer(Message message, int index, List<string> open)
    {
        for (var j = 0; j < message.Content.Count; j++)
        {
            if (message.Content[j] is not ToolResultBlock result) continue;
            if (!open.Remove(result.ToolUseId))
            {
                throw new InvalidRequestException(
                    $"messages.{index}.content.{j}: unexpected `tool_use_id` found in `tool_result` blocks: {result.ToolUseId}. "
                    + "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
            }
        }
    }

    private static Role? NextRole(IReadOnlyList<Message> messages, int index)
    {
        for (var i = index + 1; i < messages.Count; i++)
        {
            if (messages[i].Role != Role.System) return messages[i].Role;
        }

        return null;
    }

    private static InvalidRequestException Unanswered(int index, List<string> ids) => new(
        $"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", ids)}. "
        + "Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
}
