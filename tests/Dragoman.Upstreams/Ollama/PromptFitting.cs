using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>A prompt that fits the context.</summary>
internal sealed record FittedPrompt(string Text, int Tokens, int DroppedMessages);

/// <summary>What Ollama does with a conversation that is longer than the context.</summary>
internal static class PromptFitting
{
    // The default of num_keep: tokens at the very beginning that survive a cut.
    private const int NumKeep = 4;

    /// <summary>
    /// Without <c>truncate</c> the runner refuses with the exact counts. With it (the default), Ollama shortens in silence: first it drops
    /// messages from the front, sparing system messages and the last message; if that is still too long it keeps the first few tokens and cuts
    /// out the middle, so that about half of the context remains. System prompt and tools go that way, and only
    /// <c>prompt_eval_count</c> near num_ctx/2 tells of it.
    /// </summary>
    public static (FittedPrompt? Prompt, Refusal? Refusal) Fit(SimulatedModel model, JsonElement request, int numCtx, bool shift)
    {
        IReadOnlyList<JsonElement> messages = [.. request.FindItems("messages")];
        var truncates = request.Find("truncate") is not { ValueKind: JsonValueKind.False };
        for (var first = 0; ; first++)
        {
            var kept = messages.Where((message, index) => index >= first || PromptRendering.Role(message) == "system").ToList();
            var text = PromptRendering.Render(model, kept, request.FindItems("tools"));
            var tokens = PromptRendering.Tokens(text) + PromptRendering.ImageTokens(kept);
            if (tokens <= numCtx || model.RemoteHost is not null)
            {
                return (new FittedPrompt(text, tokens, messages.Count - kept.Count), null);
            }

            if (!truncates)
            {
                return (null, Refusal.ContextExceeded(tokens, numCtx));
            }

            if (first == messages.Count - 1)
            {
                return shift ? (Cut(text, tokens, numCtx, messages.Count - kept.Count), null) : (null, Refusal.PromptTooLong);
            }
        }
    }

    private static FittedPrompt Cut(string text, int tokens, int numCtx, int droppedMessages)
    {
        // contextShiftPromptLimit: half of what num_keep and a leading BOS token leave free is given up.
        var keep = Math.Min(NumKeep + 1, numCtx - 1);
        var limit = numCtx - Math.Max((numCtx - keep) / 2, 1);
        var head = (int)((long)text.Length * keep / tokens);
        var tail = (int)((long)text.Length * (limit - keep) / tokens);
        return new FittedPrompt(text[..head] + text[^tail..], limit, droppedMessages);
    }
}
