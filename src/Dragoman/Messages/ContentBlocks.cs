namespace Dragoman.Messages;

/// <summary>One entry of a message's <c>content</c>.</summary>
internal abstract record ContentBlock;

/// <summary>Text of any role.</summary>
internal sealed record TextBlock(JsonText Text) : ContentBlock;

/// <summary>An image of the user or inside a tool result.</summary>
internal sealed record ImageBlock(MediaSource Source) : ContentBlock;

/// <summary>A document (PDF, plain text or blocks) of the user or inside a tool result.</summary>
internal sealed record DocumentBlock(MediaSource Source, string? Title, string? Context) : ContentBlock;

/// <summary>A search result that the client found itself.</summary>
internal sealed record SearchResultBlock(string Source, string Title, IReadOnlyList<ContentBlock> Content) : ContentBlock;

/// <summary>A tool call of the assistant. <paramref name="Input"/> is the raw JSON object, key order and all.</summary>
internal sealed record ToolUseBlock(string Id, string Name, ReadOnlyMemory<byte> Input, string? ToolsetName = null) : ContentBlock;

/// <summary>What a tool answered.</summary>
internal sealed record ToolResultBlock(string ToolUseId, IReadOnlyList<ContentBlock> Content, bool IsError) : ContentBlock;

/// <summary>Names a tool whose definition the model is to be shown here (tool search).</summary>
internal sealed record ToolReferenceBlock(string ToolName) : ContentBlock;

/// <summary>The assistant's reasoning. Empty <paramref name="Thinking"/>: it was omitted on display and travels in the signature.</summary>
internal sealed record ThinkingBlock(JsonText Thinking, string Signature) : ContentBlock;

/// <summary>Reasoning that only the model which wrote it can read.</summary>
internal sealed record RedactedThinkingBlock(string Data) : ContentBlock;

/// <summary>A call of a tool that the server (or an MCP server) ran by itself: <c>server_tool_use</c>, <c>mcp_tool_use</c>.</summary>
internal sealed record ServerToolUseBlock(string Type, string Id, string Name, ReadOnlyMemory<byte> Input) : ContentBlock;

/// <summary>The result of a server tool: <c>web_search_tool_result</c> and its family, <c>mcp_tool_result</c>.</summary>
/// <param name="Type">The block's type.</param>
/// <param name="ToolUseId">The call that it answers.</param>
/// <param name="Content">The raw JSON of its <c>content</c>.</param>
/// <param name="References">Tools named in a <c>tool_search_tool_result</c>.</param>
/// <param name="IsError">An MCP tool failed.</param>
internal sealed record ServerToolResultBlock(string Type, string ToolUseId, ReadOnlyMemory<byte> Content, IReadOnlyList<string> References, bool IsError = false) : ContentBlock;

/// <summary>The summary that replaces the conversation before it. Null content: a compaction that failed and means nothing.</summary>
internal sealed record CompactionBlock(JsonText? Content) : ContentBlock;

/// <summary>A tool that a system message adds to, or removes from, what the model may call.</summary>
internal sealed record ToolChangeBlock(bool Adds, string Name, Tool? Definition) : ContentBlock;

/// <summary>A block that means something to Anthropic's own servers only (<c>container_upload</c>, <c>browser_state</c>, <c>fallback</c>, ...), kept raw.</summary>
internal sealed record OtherBlock(string Type, ReadOnlyMemory<byte> Raw) : ContentBlock;

/// <summary>Where an image's or a document's data is.</summary>
internal abstract record MediaSource;

/// <summary>Data in the request itself, base64.</summary>
internal sealed record Base64Source(string MediaType, JsonText Data) : MediaSource;

/// <summary>Data to be fetched.</summary>
internal sealed record UrlSource(string Url) : MediaSource;

/// <summary>A file uploaded before.</summary>
internal sealed record FileSource(string FileId) : MediaSource;

/// <summary>Plain text.</summary>
internal sealed record TextSource(JsonText Data) : MediaSource;

/// <summary>Blocks (text and images) that together are a document.</summary>
internal sealed record BlocksSource(IReadOnlyList<ContentBlock> Content) : MediaSource;
