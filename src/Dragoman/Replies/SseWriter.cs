using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Replies;

/// <summary>
/// Writes an answer as server-sent events in the real API's grammar: contiguous block indices, an empty first <c>input_json_delta</c>,
/// a <c>ping</c> after the first block start. Both the <c>event:</c> line and the <c>data:</c> line are always there: SDKs drop frames without the first.
/// </summary>
internal sealed class SseWriter(IBufferWriter<byte> output, MessageHead head) : IBlockSink
{
    private readonly Utf8JsonWriter _json = new(output, JsonOutput.Options);
    private int _index = -1;

    private const int MaxIndexDigits = 11;

    /// <summary>What the message says of itself.</summary>
    public MessageHead Head { get; set; } = head;

    /// <summary><c>message_start</c> is written.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>Writes <c>message_start</c>.</summary>
    public void StartMessage()
    {
        IsStarted = true;
        Begin("message_start"u8);
        _json.WriteStartObject("message"u8);
        Head.WriteIdentity(_json);
        _json.WriteStartArray("content"u8);
        _json.WriteEndArray();
        Head.WriteEnding(_json, reason: null, finish: null);
        _json.WriteEndObject();
        End();
    }

    /// <inheritdoc/>
    public void Start(BlockKind kind, ToolCallStart? call)
    {
        _index++;
        Begin("content_block_start"u8);
        _json.WriteNumber("index"u8, _index);
        _json.WriteStartObject("content_block"u8);
        WriteEmptyBlock(kind, call);
        _json.WriteEndObject();
        End();
        if (_index == 0) Ping();
        if (kind is BlockKind.ToolUse or BlockKind.ServerToolUse) Delta(kind, JsonText.Empty);
    }

    private void WriteEmptyBlock(BlockKind kind, ToolCallStart? call)
    {
        switch (kind)
        {
            case BlockKind.Text:
                _json.WriteString("type"u8, "text"u8);
                _json.WriteString("text"u8, ""u8);
                _json.WriteNull("citations"u8);
                break;
            case BlockKind.Thinking:
                _json.WriteString("type"u8, "thinking"u8);
                _json.WriteString("thinking"u8, ""u8);
                _json.WriteString("signature"u8, ""u8);
                break;
            default:
                ToolUseFields.WriteHead(_json, kind, call!);
                _json.WriteStartObject("input"u8);
                _json.WriteEndObject();
                break;
        }
    }

    /// <inheritdoc/>
    public void Delta(BlockKind kind, JsonText text)
    {
        var start = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8;
        var type = kind switch
        {
            BlockKind.Text => ",\"delta\":{\"type\":\"text_delta\",\"text\":\""u8,
            BlockKind.Thinking => ",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\""u8,
            _ => ",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\""u8,
        };
        var end = "\"}}\n\n"u8;
        // Nearly all of a stream's events are deltas, so they are written in one piece. The text is already escaped for a JSON string.
        var piece = output.GetSpan(start.Length + MaxIndexDigits + type.Length + text.Escaped.Length + end.Length);
        start.CopyTo(piece);
        Utf8Formatter.TryFormat(_index, piece[start.Length..], out var digits);
        var at = start.Length + digits;
        type.CopyTo(piece[at..]);
        at += type.Length;
        text.Escaped.Span.CopyTo(piece[at..]);
        at += text.Escaped.Length;
        end.CopyTo(piece[at..]);
        output.Advance(at + end.Length);
    }

    /// <inheritdoc/>
    public void Signature(string signature)
    {
        Begin("content_block_delta"u8);
        _json.WriteNumber("index"u8, _index);
        _json.WriteStartObject("delta"u8);
        _json.WriteString("type"u8, "signature_delta"u8);
        _json.WriteString("signature"u8, signature);
        _json.WriteEndObject();
        End();
    }

    /// <inheritdoc/>
    public void Cite(WebCitation citation)
    {
        Begin("content_block_delta"u8);
        _json.WriteNumber("index"u8, _index);
        _json.WriteStartObject("delta"u8);
        _json.WriteString("type"u8, "citations_delta"u8);
        _json.WritePropertyName("citation"u8);
        citation.Write(_json);
        _json.WriteEndObject();
        End();
    }

    /// <inheritdoc/>
    public void Add(ServerToolResult result)
    {
        _index++;
        Begin("content_block_start"u8);
        _json.WriteNumber("index"u8, _index);
        _json.WriteStartObject("content_block"u8);
        result.Write(_json);
        _json.WriteEndObject();
        End();
        if (_index == 0) Ping();
        Stop();
    }

    /// <inheritdoc/>
    public void Stop()
    {
        output.Write("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"u8);
        WriteIndex();
        output.Write("}\n\n"u8);
    }

    /// <summary>Writes <c>message_delta</c> and <c>message_stop</c>.</summary>
    public void Finish(StopReason reason, Finish finish)
    {
        Begin("message_delta"u8);
        _json.WriteStartObject("delta"u8);
        MessageHead.WriteStop(_json, reason, finish);
        _json.WriteEndObject();
        _json.WritePropertyName("usage"u8);
        MessageHead.WriteUsage(_json, finish.Usage);
        Head.WriteContextManagement(_json);
        End();
        output.Write("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }

    /// <summary>Writes the <c>error</c> event that ends a stream which can't go on.</summary>
    public void Fail(string type, string message, string requestId)
    {
        Begin("error"u8);
        _json.WriteStartObject("error"u8);
        _json.WriteString("type"u8, type);
        _json.WriteString("message"u8, message);
        _json.WriteEndObject();
        _json.WriteString("request_id"u8, requestId);
        End();
    }

    /// <summary>Writes the <c>error</c> event with an error object that is JSON already, on one line.</summary>
    public void Fail(ReadOnlySpan<byte> body)
    {
        output.Write("event: error\ndata: "u8);
        output.Write(body);
        output.Write("\n\n"u8);
    }

    /// <summary>Writes frames as they are; the first of them is the message's <c>message_start</c>.</summary>
    public void Pass(ReadOnlySpan<byte> frames)
    {
        IsStarted = true;
        output.Write(frames);
    }

    /// <summary>Writes a sign of life. Before <c>message_start</c> it is a comment: the Python SDK breaks on any event that stands there.</summary>
    public void Ping() => output.Write(IsStarted ? "event: ping\ndata: {\"type\":\"ping\"}\n\n"u8 : ": waiting for the upstream\n\n"u8);

    private void Begin(ReadOnlySpan<byte> type)
    {
        output.Write("event: "u8);
        output.Write(type);
        output.Write("\ndata: "u8);
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("type"u8, type);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }

    private void WriteIndex()
    {
        Utf8Formatter.TryFormat(_index, output.GetSpan(MaxIndexDigits), out var written);
        output.Advance(written);
    }
}
