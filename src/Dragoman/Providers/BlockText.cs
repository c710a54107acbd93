using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers;

/// <summary>Blocks that no upstream has a place for, as text for the model. The same block is the same text in every turn.</summary>
internal static class BlockText
{
    /// <summary>Whether a text is no word of the user's but one of the client's reminders.</summary>
    public static bool IsReminder(JsonText text) => text.StartsWith("<system-reminder>"u8);

    /// <summary>A system message in the middle of the conversation, for where the user speaks.</summary>
    public static JsonText Reminder(JsonText text) =>
        IsReminder(text) ? text : JsonText.Join("\n", [JsonText.From("<system-reminder>"), text, JsonText.From("</system-reminder>")]);

    /// <summary>A summary that stands for everything before it.</summary>
    public static JsonText Summary(JsonText summary) => JsonText.Join("\n", [JsonText.From("Summary of the conversation so far:"), summary]);

    /// <summary>A document. <paramref name="inside"/>: its texts.</summary>
    public static JsonText Document(DocumentBlock document, IEnumerable<JsonText> inside)
    {
        var title = document.Title is null ? "" : $" title=\"{document.Title}\"";
        JsonText[] context = document.Context is { Length: > 0 } said ? [JsonText.From(said)] : [];
        return JsonText.Join("\n", [JsonText.From($"<document{title}>"), .. context, .. inside, JsonText.From("</document>")]);
    }

    /// <summary>A search result of the client's own. <paramref name="inside"/>: its texts.</summary>
    public static JsonText Search(SearchResultBlock search, IEnumerable<JsonText> inside) =>
        JsonText.Join("\n", [JsonText.From($"<search_result source=\"{search.Source}\" title=\"{search.Title}\">"), .. inside, JsonText.From("</search_result>")]);

    /// <summary>A block that means something to Anthropic's servers; null when there is nothing in it for a model.</summary>
    public static JsonText? Other(OtherBlock block) =>
        block.Type is "fallback" or "mcp_tool_listing" ? null : JsonText.Join("", [JsonText.From($"[{block.Type}: "), ToolText.Compact(block.Raw), JsonText.From("]")]);
}
