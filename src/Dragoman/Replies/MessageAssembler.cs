using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Replies;

/// <summary>Collects an answer's blocks and writes the whole message, for clients that do not stream. Takes the same events as <see cref="SseWriter"/>.</summary>
internal sealed class MessageAssembler : IBlockSink
{
    private readonly ArrayBufferWriter<byte> _blocks = new();
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly List<WebCitation> _citations = [];
    private readonly Utf8JsonWriter _json;
    private BlockKind _kind;
    private ToolCallStart? _call;
    private string _signature = "";

    /// <summary>Starts an empty message.</summary>
    public MessageAssembler()
    {
        _json = new Utf8JsonWriter(_blocks, JsonOutput.Options);
        _json.WriteStartArray();
    }

    /// <inheritdoc/>
    public void Start(BlockKind kind, ToolCallStart? call)
    {
        _kind = kind;
        _call = call;
        _signature = "";
        _citations.Clear();
        _text.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public void Delta(BlockKind kind, JsonText text) => _text.Write(text.Escaped.Span);

    /// <inheritdoc/>
    public void Signature(string signature) => _signature = signature;

    /// <inheritdoc/>
    public void Cite(WebCitation citation) => _citations.Add(citation);

    /// <inheritdoc/>
    public void Add(ServerToolResult result)
    {
        _json.WriteStartObject();
        result.Write(_json);
        _json.WriteEndObject();
    }

    /// <inheritdoc/>
    public void Stop()
    {
        _json.WriteStartObject();
        switch (_kind)
        {
            case BlockKind.Text:
                _json.WriteString("type"u8, "text"u8);
                WriteText("text"u8);
                WriteCitations();
                break;
            case BlockKind.Thinking:
                _json.WriteString("type"u8, "thinking"u8);
                WriteText("thinking"u8);
                _json.WriteString("signature"u8, _signature);
                break;
            default:
                ToolUseFields.WriteHead(_json, _kind, _call!);
                _json.WritePropertyName("input"u8);
                _json.WriteRawValue(_text.WrittenCount == 0 ? "{}"u8 : new JsonText(_text.WrittenMemory).ToUtf8(), skipInputValidation: true);
                break;
        }

        _json.WriteEndObject();
    }

    /// <summary>Writes the whole message.</summary>
    public void Finish(IBufferWriter<byte> output, MessageHead head, StopReason reason, Finish finish)
    {
        _json.WriteEndArray();
        _json.Flush();
        using var message = new Utf8JsonWriter(output, JsonOutput.Options);
        message.WriteStartObject();
        head.WriteIdentity(message);
        message.WritePropertyName("content"u8);
        message.WriteRawValue(_blocks.WrittenSpan, skipInputValidation: true);
        head.WriteEnding(message, reason, finish);
        message.WriteEndObject();
    }

    private void WriteCitations()
    {
        if (_citations.Count == 0)
        {
            _json.WriteNull("citations"u8);
            return;
        }

        _json.WriteStartArray("citations"u8);
        foreach (var citation in _citations) citation.Write(_json);
        _json.WriteEndArray();
    }

    private void WriteText(ReadOnlySpan<byte> name)
    {
        _json.WritePropertyName(name);
        _json.WriteRawValue((byte[])[(byte)'"', .. _text.WrittenSpan, (byte)'"'], skipInputValidation: true);
    }
}
