using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using static Dragoman.Providers.JsonSlices;

namespace Dragoman.Providers.Ollama;

/// <summary>One line of a chat answer, read in one pass. Texts and calls are slices of the line.</summary>
internal sealed class ChatLine
{
    // What ends a JSON string or must not stand in it as it is: quotes, backslashes, control characters.
    private static readonly SearchValues<byte> Special = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 32).Select(control => (byte)control)]);

    private byte[] _head = [];

    private static ReadOnlySpan<byte> TextStart => "\",\"message\":{\"role\":\"assistant\",\"content\":\""u8;

    private static ReadOnlySpan<byte> TextEnd => "\"},\"done\":false}"u8;

    /// <summary>A piece of thinking.</summary>
    public JsonText Thinking { get; private set; }

    /// <summary>A piece of text.</summary>
    public JsonText Content { get; private set; }

    /// <summary>Whole tool calls. Ollama never sends parts of one.</summary>
    public List<(string? Id, string Name, ReadOnlyMemory<byte> Arguments)> Calls { get; } = [];

    /// <summary>The last line.</summary>
    public bool Done { get; private set; }

    /// <summary><c>stop</c>, <c>length</c>, ...; on the last line only.</summary>
    public string? DoneReason { get; private set; }

    /// <summary>The text of an error line.</summary>
    public string? Error { get; private set; }

    /// <summary>Tokens of the whole prompt, the cached part included; 0 when the line doesn't say.</summary>
    public int PromptTokens { get; private set; }

    /// <summary>Generated tokens.</summary>
    public int OutputTokens { get; private set; }

    /// <summary>Nanoseconds spent on loading the model.</summary>
    public long LoadNanoseconds { get; private set; }

    /// <summary>Nanoseconds spent on the part of the prompt that was not cached.</summary>
    public long PrefillNanoseconds { get; private set; }

    /// <summary>Nanoseconds spent on generating.</summary>
    public long DecodeNanoseconds { get; private set; }

    /// <summary>Reads a line, forgetting the one before.</summary>
    /// <exception cref="JsonException">It is not a JSON object.</exception>
    public void Read(ReadOnlyMemory<byte> line)
    {
        Reset();
        line = AsUtf8(line);
        if (TryReadLikeLast(line)) return;
        var json = new Utf8JsonReader(line.Span);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) throw new JsonException("a line is not a JSON object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName) ReadField(ref json, line);
        json.Read();
        Remember(line.Span);
    }

    // Nearly all lines of an answer differ from the one before in their time and text only. What is otherwise the same byte for byte as a line that was read
    // in full, with nothing to unescape between the quotes, says the same: no JSON reader is needed to find the text.
    private bool TryReadLikeLast(ReadOnlyMemory<byte> line)
    {
        var span = line.Span;
        if (_head.Length == 0 || !span.StartsWith(_head) || !span.EndsWith(TextEnd)) return false;
        var time = span[_head.Length..].IndexOfAny(Special);
        if (time < 0 || !span[(_head.Length + time)..].StartsWith(TextStart)) return false;
        var start = _head.Length + time + TextStart.Length;
        var length = span.Length - TextEnd.Length - start;
        if (length < 0 || span.Slice(start, length).ContainsAny(Special)) return false;
        Content = new JsonText(line.Slice(start, length));
        return true;
    }

    // Everything before the time's text: {"model":"qwen3:8b","created_at":"
    private void Remember(ReadOnlySpan<byte> line)
    {
        var time = line.IndexOf("\"created_at\":\""u8);
        if (_head.Length > 0 || time < 0 || Content.IsEmpty || !line.EndsWith(TextEnd)) return;
        var head = line[..(time + "\"created_at\":\""u8.Length)];
        if (line[head.Length..].IndexOfAny(Special) is >= 0 and var end && line[(head.Length + end)..].StartsWith(TextStart)) _head = head.ToArray();
    }

    private void Reset()
    {
        Thinking = Content = default;
        Calls.Clear();
        Done = false;
        DoneReason = Error = null;
        PromptTokens = OutputTokens = 0;
        LoadNanoseconds = PrefillNanoseconds = DecodeNanoseconds = 0;
    }

    private void ReadField(ref Utf8JsonReader json, ReadOnlyMemory<byte> line)
    {
        if (json.ValueTextEquals("message"u8)) ReadMessage(ref json, line);
        else if (json.ValueTextEquals("done"u8)) Done = json.Read() && json.TokenType == JsonTokenType.True;
        else if (json.ValueTextEquals("done_reason"u8)) DoneReason = ReadString(ref json, line);
        else if (json.ValueTextEquals("error"u8)) Error = ReadError(ref json, line);
        else if (json.ValueTextEquals("prompt_eval_count"u8)) PromptTokens = (int)ReadNumber(ref json);
        else if (json.ValueTextEquals("eval_count"u8)) OutputTokens = (int)ReadNumber(ref json);
        else if (json.ValueTextEquals("load_duration"u8)) LoadNanoseconds = ReadNumber(ref json);
        else if (json.ValueTextEquals("prompt_eval_duration"u8)) PrefillNanoseconds = ReadNumber(ref json);
        else if (json.ValueTextEquals("eval_duration"u8)) DecodeNanoseconds = ReadNumber(ref json);
        else Skip(ref json);
    }

    private void ReadMessage(ref Utf8JsonReader json, ReadOnlyMemory<byte> line)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("content"u8)) Content = ReadText(ref json, line);
            else if (json.ValueTextEquals("thinking"u8)) Thinking = ReadText(ref json, line);
            else if (json.ValueTextEquals("tool_calls"u8)) ReadCalls(ref json, line);
            else Skip(ref json);
        }
    }

    private void ReadCalls(ref Utf8JsonReader json, ReadOnlyMemory<byte> line)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray) return;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            string? id = null;
            var name = "";
            ReadOnlyMemory<byte> arguments = default;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("id"u8)) id = ReadString(ref json, line);
                else if (json.ValueTextEquals("function"u8)) (name, arguments) = ReadFunction(ref json, line);
                else Skip(ref json);
            }

            Calls.Add((id, name, arguments));
        }
    }

    private static (string Name, ReadOnlyMemory<byte> Arguments) ReadFunction(ref Utf8JsonReader json, ReadOnlyMemory<byte> line)
    {
        var name = "";
        ReadOnlyMemory<byte> arguments = default;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return (name, arguments);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("name"u8)) name = ReadString(ref json, line) ?? "";
            else if (json.ValueTextEquals("arguments"u8)) arguments = ReadRaw(ref json, line);
            else Skip(ref json);
        }

        return (name, arguments);
    }

    // An error is text, or an object of a proxy in between; null is none.
    private static string? ReadError(ref Utf8JsonReader json, ReadOnlyMemory<byte> line)
    {
        var raw = ReadRaw(ref json, line);
        if (json.TokenType == JsonTokenType.Null) return null;
        return json.TokenType == JsonTokenType.String ? new JsonText(raw[1..^1]).ToString() : Encoding.UTF8.GetString(raw.Span);
    }
}
