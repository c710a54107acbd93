using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Ollama;

/// <summary>The system message: the client's text, and what the model must know of this request's form.</summary>
internal static class SystemPrompt
{
    /// <summary>The parts of the system message.</summary>
    public static ChatMessage Of(MessagesRequest request, ToolOffer offer, bool hasTools)
    {
        var system = new ChatMessage("system");
        foreach (var block in request.System)
        {
            system.Add(WithoutAttribution(block.Text));
        }

        if (offer.Unavailable.Count > 0)
        {
            var names = string.Join(", ", offer.Unavailable.Select(tool => tool.Name));
            system.Add(JsonText.From($"These tools are not available here: {names}. Don't try to call them; answer from what you know and say that you could not use them."));
        }

        // Ollama holds the answer to the schema by a grammar but doesn't show it to the model.
        if (!request.OutputSchema.IsEmpty)
        {
            var when = hasTools ? "When you are done with tools, answer" : "Answer";
            system.Add(JsonText.Join("\n", [JsonText.From($"{when} with nothing but JSON that fits this schema:"), ToolText.Compact(request.OutputSchema)]));
        }

        return system;
    }

    // Claude Code's attribution is meant for Anthropic; it changes from version to version and would cost a local model its cache. It is a block of its own,
    // unless something on the way has joined the blocks; then only its line goes.
    private static JsonText WithoutAttribution(JsonText text)
    {
        if (!text.StartsWith("x-anthropic-billing-header:"u8)) return text;
        var lineEnd = text.Escaped.Span.IndexOf("\\n"u8);
        return lineEnd < 0 ? JsonText.Empty : new JsonText(text.Escaped[(lineEnd + 2)..]);
    }
}
