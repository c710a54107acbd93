using Dragoman.Messages;

namespace Dragoman.Replies;

/// <summary>The kinds of block that an answer holds.</summary>
internal enum BlockKind { Text, Thinking, ToolUse, ServerToolUse }

/// <summary>Takes well-formed blocks, one at a time, and writes them as a stream of events or as one message.</summary>
internal interface IBlockSink
{
    /// <summary>Begins a block; <paramref name="call"/> is given for a call of a tool, the client's or the server's.</summary>
    void Start(BlockKind kind, ToolCallStart? call);

    /// <summary>Adds to the open block: text, thinking, or the JSON text of a tool's input.</summary>
    void Delta(BlockKind kind, JsonText text);

    /// <summary>Gives the open thinking block its signature, once, before it ends.</summary>
    void Signature(string signature);

    /// <summary>Gives the open text block a citation.</summary>
    void Cite(WebCitation citation);

    /// <summary>Adds a block that comes whole; none is open.</summary>
    void Add(ServerToolResult result);

    /// <summary>Ends the open block.</summary>
    void Stop();
}
