using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Replies;

/// <summary>What a tool that ran on the upstream's side answered: a block that comes whole.</summary>
/// <param name="Type">The block's type, for example <c>web_search_tool_result</c>.</param>
/// <param name="ToolUseId">The <c>server_tool_use</c> that it answers.</param>
/// <param name="Content">The raw JSON of its <c>content</c>.</param>
internal sealed record ServerToolResult(string Type, string ToolUseId, ReadOnlyMemory<byte> Content)
{
    /// <summary>Pages that a web search found. <c>encrypted_content</c>, Anthropic's own note to itself, stays empty: the field must be there.</summary>
    public static ServerToolResult WebSearch(string toolUseId, IEnumerable<(string Url, string Title)> pages) => new("web_search_tool_result", toolUseId, Json(json =>
    {
        json.WriteStartArray();
        foreach (var (url, title) in pages)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "web_search_result"u8);
            json.WriteString("url"u8, url);
            json.WriteString("title"u8, title);
            json.WriteString("encrypted_content"u8, ""u8);
            json.WriteNull("page_age"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }));

    /// <summary>A page that was read on the upstream's side, which doesn't pass its text on: <paramref name="note"/> stands for it.</summary>
    public static ServerToolResult WebFetch(string toolUseId, string url, string note) => new("web_fetch_tool_result", toolUseId, Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "web_fetch_result"u8);
        json.WriteString("url"u8, url);
        json.WriteStartObject("content"u8);
        json.WriteString("type"u8, "document"u8);
        json.WriteStartObject("source"u8);
        json.WriteString("type"u8, "text"u8);
        json.WriteString("media_type"u8, "text/plain"u8);
        json.WriteString("data"u8, note);
        json.WriteEndObject();
        json.WriteNull("title"u8);
        json.WriteNull("citations"u8);
        json.WriteEndObject();
        json.WriteNull("retrieved_at"u8);
        json.WriteEndObject();
    }));

    /// <summary>The tool failed.</summary>
    /// <param name="type">The block's type.</param>
    /// <param name="toolUseId">The call.</param>
    /// <param name="code">One of the type's error codes, for example <c>url_not_accessible</c>.</param>
    public static ServerToolResult Failed(string type, string toolUseId, string code) => new(type, toolUseId, Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type + "_error");
        json.WriteString("error_code"u8, code);
        json.WriteEndObject();
    }));

    /// <summary>Writes the block.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, Type);
        json.WriteString("tool_use_id"u8, ToolUseId);
        json.WriteStartObject("caller"u8);
        json.WriteString("type"u8, "direct"u8);
        json.WriteEndObject();
        json.WritePropertyName("content"u8);
        json.WriteRawValue(Content.Span, skipInputValidation: true);
    }

    private static ReadOnlyMemory<byte> Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOutput.Options)) write(json);
        return buffer.WrittenMemory;
    }
}

/// <summary>A page of a web search that a piece of text rests on.</summary>
/// <param name="CitedText">What the page says, or what the text says of it where the upstream doesn't quote.</param>
/// <param name="Url">The page.</param>
/// <param name="Title">Its title.</param>
internal sealed record WebCitation(string CitedText, string Url, string Title)
{
    /// <summary>Writes the citation.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "web_search_result_location"u8);
        json.WriteString("cited_text"u8, CitedText);
        json.WriteString("url"u8, Url);
        json.WriteString("title"u8, Title);
        json.WriteString("encrypted_index"u8, ""u8);
        json.WriteEndObject();
    }
}
