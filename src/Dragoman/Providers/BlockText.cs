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

    /// <summary>What the user says where the client has begun the answer and the upstream can't complete one.</summary>
    public static JsonText GoOn { get; } = JsonText.From("Go on with your last message from exactly where it ends. Repeat nothing of it, and write nothing before the rest.");

    /// <summary>What stands in the model's own words where a file was.</summary>
    public static JsonText LostFile { get; } = JsonText.From("[A file stood here that can't be shown again.]");

    /// <summary>A call that a server ran in the middle of the answer. As a function call it would need an answer of its own behind the whole message.</summary>
    public static JsonText ServerCall(ServerToolUseBlock call) => JsonText.Join("", [JsonText.From($"[{call.Name}: "), ToolText.Compact(call.Input), JsonText.From("]")]);

    /// <summary>What came of such a call.</summary>
    /// <param name="result">The result.</param>
    /// <param name="name">The called tool; null: not known.</param>
    /// <param name="loaded">What is said of each tool that it found.</param>
    public static JsonText ServerResult(ServerToolResultBlock result, string? name, Func<string, JsonText> loaded)
    {
        var said = new List<JsonText> { JsonText.From($"[{(result.IsError ? "Failure" : "Result")} of {name ?? result.Type}:]"), ServerToolText.Of(result) };
        said.AddRange(result.References.Select(loaded));
        said.RemoveAll(text => text.IsEmpty);
        return JsonText.Join("\n", said);
    }

    /// <summary>A tool that a search found, for upstreams that get its definition among the tools.</summary>
    /// <param name="name">The client's name.</param>
    /// <param name="tools">The tools on offer.</param>
    /// <param name="upstreamName">Its name there.</param>
    public static JsonText Loaded(string name, ToolOffer tools, string upstreamName) => JsonText.From(
        tools.Known.ContainsKey(name) ? $"The tool {upstreamName} is available now." : $"The tool {name} was found but is not available any more.");

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
