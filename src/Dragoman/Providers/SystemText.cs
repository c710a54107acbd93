using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers;

/// <summary>What a model elsewhere is told before the conversation: the client's text, and what it must know of this request's form.</summary>
internal static class SystemText
{
    /// <summary>The client's system text without what is meant for Anthropic; no block of it is empty.</summary>
    public static IEnumerable<JsonText> Of(MessagesRequest request) => request.System.Select(block => WithoutAttribution(block.Text)).Where(text => !text.IsEmpty);

    /// <summary>That some tools can't be had.</summary>
    public static JsonText Unavailable(IEnumerable<Tool> tools) => JsonText.From(
        $"These tools are not available here: {string.Join(", ", tools.Select(tool => tool.Name))}. Don't try to call them; answer from what you know and say that you could not use them.");

    /// <summary>The schema that the answer must fit, in words.</summary>
    public static JsonText Format(MessagesRequest request, bool hasTools)
    {
        var when = hasTools ? "When you are done with tools, answer" : "Answer";
        return JsonText.Join("\n", [JsonText.From($"{when} with nothing but JSON that fits this schema:"), ToolText.Compact(request.OutputSchema)]);
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
