using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.Gemini;

/// <summary>
/// The text of an answer that rests on a web search, and what it rests on. Gemini tells its sources behind the text, Anthropic's clients expect the search
/// before it: so the text of such an answer is held back until the end.
/// </summary>
/// <param name="holds">Hold the text back.</param>
/// <param name="ids">Source of ids.</param>
internal sealed class GroundedText(bool holds, IdSource ids)
{
    // As long as the citations of Anthropic's own search.
    private const int MaxCitedCharacters = 150;

    private readonly StringBuilder _text = new();
    private readonly List<string> _queries = [];
    private readonly List<(string Url, bool Read)> _fetched = [];
    private List<(string Url, string Title)> _pages = [];
    private List<(string Text, List<int> Pages)> _supports = [];

    /// <summary>How many searches there were.</summary>
    public int Searches => _queries.Count;

    /// <summary>How many pages were read.</summary>
    public int Fetches => _fetched.Count;

    /// <summary>Keeps a piece of text until <see cref="Release"/>; false when nothing is held back.</summary>
    public bool Hold(JsonText text)
    {
        if (holds) _text.Append(text.ToString());
        return holds;
    }

    /// <summary>Reads a chunk's <c>groundingMetadata</c> and <c>urlContextMetadata</c>, either of which may be empty.</summary>
    public void Read(ReadOnlyMemory<byte> grounding, ReadOnlyMemory<byte> urlContext)
    {
        if (!grounding.IsEmpty) Each(grounding, ReadGrounding);
        if (!urlContext.IsEmpty) Each(urlContext, metadata => ReadFetched(metadata));
    }

    /// <summary>Adds the events: what was searched and read, then the text that was held back, with citations.</summary>
    public void Release(List<ReplyEvent> events)
    {
        if (_queries.Count + _pages.Count > 0) AddSearch(events);
        foreach (var (url, read) in _fetched) AddFetch(url, read, events);
        if (_text.Length > 0) AddText(_text.ToString(), events);
    }

    private void ReadGrounding(JsonElement metadata)
    {
        foreach (var query in Entries(metadata, "webSearchQueries"))
        {
            if (query.ValueKind == JsonValueKind.String && query.GetString() is { Length: > 0 } text && !_queries.Contains(text)) _queries.Add(text);
        }

        // Later metadata is the whole of it again, and supports count in the list that they came with.
        var pages = Entries(metadata, "groundingChunks").Select(Page).ToList();
        if (pages.Count > 0) _pages = pages;
        var supports = Entries(metadata, "groundingSupports").Select(Support).ToList();
        if (supports.Count > 0) _supports = supports;
    }

    private void ReadFetched(JsonElement metadata)
    {
        foreach (var entry in Entries(metadata, "urlMetadata"))
        {
            if (Text(entry, "retrievedUrl") is { Length: > 0 } url && !_fetched.Exists(known => known.Url == url)) _fetched.Add((url, Text(entry, "urlRetrievalStatus") == "URL_RETRIEVAL_STATUS_SUCCESS"));
        }
    }

    // Several queries share one list of pages, so they make one search.
    private void AddSearch(List<ReplyEvent> events)
    {
        var id = ids.Next("srvtoolu_");
        AddCall(id, "web_search", "query", string.Join("; ", _queries), events);
        events.Add(ReplyEvent.OfServerToolResult(ServerToolResult.WebSearch(id, _pages.Where(page => page.Url.Length > 0))));
    }

    private void AddFetch(string url, bool read, List<ReplyEvent> events)
    {
        var id = ids.Next("srvtoolu_");
        AddCall(id, "web_fetch", "url", url, events);
        events.Add(ReplyEvent.OfServerToolResult(read
            ? ServerToolResult.WebFetch(id, url, "The model has read this page; its text is not passed on.")
            : ServerToolResult.Failed("web_fetch_tool_result", id, "url_not_accessible")));
    }

    private static void AddCall(string id, string tool, string field, string value, List<ReplyEvent> events)
    {
        events.Add(ReplyEvent.OfServerToolCall(new ToolCallStart(id, tool)));
        events.Add(ReplyEvent.OfToolInput(JsonText.From($"{{\"{field}\":\"{JsonEncodedText.Encode(value, JsonOutput.Options.Encoder)}\"}}")));
    }

    // The segments are found by their words: their offsets count bytes, of one part of several, and gateways differ in which.
    private void AddText(string text, List<ReplyEvent> events)
    {
        var at = 0;
        foreach (var segment in _supports.Where(support => support.Text.Length > 0).GroupBy(support => support.Text, StringComparer.Ordinal))
        {
            var found = text.IndexOf(segment.Key, at, StringComparison.Ordinal);
            var citations = segment.SelectMany(support => support.Pages).Distinct().Where(IsPage).Select(page => Cite(segment.Key, page)).ToList();
            if (found < 0 || citations.Count == 0) continue;
            Show(text[at..found], events);
            events.Add(ReplyEvent.OfCitedText(JsonText.From(segment.Key), citations));
            at = found + segment.Key.Length;
        }

        Show(text[at..], events);
    }

    private bool IsPage(int index) => index >= 0 && index < _pages.Count && _pages[index].Url.Length > 0;

    private WebCitation Cite(string segment, int page)
    {
        var length = Math.Min(segment.Length, MaxCitedCharacters);
        if (char.IsHighSurrogate(segment[length - 1])) length--;
        return new WebCitation(segment[..length], _pages[page].Url, _pages[page].Title);
    }

    private static void Show(string text, List<ReplyEvent> events)
    {
        if (text.Length > 0) events.Add(ReplyEvent.OfText(JsonText.From(text)));
    }

    // Not only pages of the web: a chunk of another kind (a map, the user's own store) keeps its place, as supports count.
    private static (string Url, string Title) Page(JsonElement chunk)
    {
        if (chunk.ValueKind != JsonValueKind.Object || !chunk.TryGetProperty("web", out var web)) return ("", "");
        var url = Text(web, "uri");
        return (url, Text(web, "title") is { Length: > 0 } title ? title : url);
    }

    private static (string Text, List<int> Pages) Support(JsonElement support)
    {
        var segment = support.ValueKind == JsonValueKind.Object && support.TryGetProperty("segment", out var given) ? Text(given, "text") : "";
        var pages = Entries(support, "groundingChunkIndices").Where(index => index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out _)).Select(index => index.GetInt32());
        return (segment, pages.Distinct().ToList());
    }

    private static JsonElement.ArrayEnumerator Entries(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var entries) && entries.ValueKind == JsonValueKind.Array ? entries.EnumerateArray() : default;

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static void Each(ReadOnlyMemory<byte> json, Action<JsonElement> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            read(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair. The answer is more than its sources.
        }
    }
}
