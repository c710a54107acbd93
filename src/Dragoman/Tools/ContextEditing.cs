using Dragoman.Messages;
using Dragoman.Tokens;

namespace Dragoman.Tools;

/// <summary>
/// Carries out <c>context_management</c>: clears old tool results and old thinking before a model sees the conversation, as Anthropic's servers would.
/// Source of the defaults: the API's context editing reference.
/// </summary>
internal static class ContextEditing
{
    private const int DefaultTriggerTokens = 100_000;
    private const int DefaultKeptToolUses = 3;
    private const int DefaultKeptThinkingTurns = 1;

    // What Anthropic leaves in place of a result.
    private static readonly TextBlock Cleared = new(JsonText.From("[Old tool result content cleared]"));

    /// <summary>The edited request and what was done. <paramref name="correct"/> turns a count of the word rule into the model's tokens.</summary>
    public static (MessagesRequest Request, IReadOnlyList<AppliedEdit> Applied) Apply(MessagesRequest request, Func<int, int> correct)
    {
        if (request.ContextEdits.Count == 0) return (request, []);
        var applied = new List<AppliedEdit>();
        var degraded = new List<string>(request.Degraded);
        foreach (var edit in request.ContextEdits)
        {
            switch (edit.Type)
            {
                case "clear_tool_uses_20250919": request = ClearToolUses(request, edit, correct, applied); break;
                case "clear_thinking_20251015": request = ClearThinking(request, edit, correct, applied); break;
                // Server-side summaries need a second model call; the client's own compaction does the same.
                default: degraded.Add("context_management.compact=ignored"); break;
            }
        }

        return (request with { Degraded = degraded }, applied);
    }

    private static MessagesRequest ClearToolUses(MessagesRequest request, ContextEdit edit, Func<int, int> correct, List<AppliedEdit> applied)
    {
        var calls = request.Messages.SelectMany(message => message.Content).OfType<ToolUseBlock>().ToList();
        var reached = edit.TriggerToolUses is { } uses
            ? calls.Count >= uses
            : correct(PromptCounter.Count(request)) >= (edit.TriggerTokens ?? DefaultTriggerTokens);
        if (!reached) return request;
        var kept = edit.Keep ?? DefaultKeptToolUses;
        var old = calls.SkipLast(kept).Where(call => !edit.ExcludeTools.Contains(call.Name)).Select(call => call.Id).ToHashSet(StringComparer.Ordinal);
        // Some upstreams use an id again in a later turn; a call that stays keeps its result.
        old.ExceptWith(calls.TakeLast(kept).Select(call => call.Id));
        var clearInputs = (ToolUseBlock call) => edit.ClearAllInputs || edit.ClearInputsOf.Contains(call.Name);
        var edited = Rewrite(request, block => block switch
        {
            ToolResultBlock result when old.Contains(result.ToolUseId) && !IsCleared(result) => result with { Content = [Cleared] },
            ToolUseBlock call when old.Contains(call.Id) && clearInputs(call) => call with { Input = "{}"u8.ToArray() },
            _ => block,
        });
        var freed = correct(PromptCounter.Count(request)) - correct(PromptCounter.Count(edited));
        if (freed <= 0 || freed < edit.ClearAtLeast) return request;
        applied.Add(new AppliedEdit(edit.Type, freed, ClearedToolUses: old.Count));
        return edited;
    }

    private static MessagesRequest ClearThinking(MessagesRequest request, ContextEdit edit, Func<int, int> correct, List<AppliedEdit> applied)
    {
        // "keep all" is what Claude Code always asks for.
        if (edit.KeepAll) return request;
        var turns = ThinkingTurns(request.Messages);
        var cleared = turns.SkipLast(edit.Keep ?? DefaultKeptThinkingTurns).SelectMany(turn => turn).ToHashSet(ReferenceEqualityComparer.Instance);
        if (cleared.Count == 0) return request;
        var edited = Rewrite(request, block => cleared.Contains(block) ? null : block);
        var freed = correct(PromptCounter.Count(request)) - correct(PromptCounter.Count(edited));
        applied.Add(new AppliedEdit(edit.Type, freed, ClearedThinkingTurns: Math.Max(0, turns.Count - (edit.Keep ?? DefaultKeptThinkingTurns))));
        return edited;
    }

    // A turn is what the assistant says between two messages of the user that are not tool results.
    private static List<List<ContentBlock>> ThinkingTurns(IReadOnlyList<Message> messages)
    {
        var turns = new List<List<ContentBlock>>();
        var current = new List<ContentBlock>();
        foreach (var message in messages)
        {
            if (message.Role == Role.User && !message.Content.Any(block => block is ToolResultBlock))
            {
                if (current.Count > 0) turns.Add(current);
                current = [];
            }
            else if (message.Role == Role.Assistant)
            {
                current.AddRange(message.Content.Where(block => block is ThinkingBlock or RedactedThinkingBlock));
            }
        }

        if (current.Count > 0) turns.Add(current);
        return turns;
    }

    private static bool IsCleared(ToolResultBlock result) => result.Content is [TextBlock only] && only.Text.Escaped.Span.SequenceEqual(Cleared.Text.Escaped.Span);

    private static MessagesRequest Rewrite(MessagesRequest request, Func<ContentBlock, ContentBlock?> rewrite) => request with
    {
        Messages = [.. request.Messages.Select(message => message with { Content = [.. message.Content.Select(rewrite).OfType<ContentBlock>()] })],
    };
}
