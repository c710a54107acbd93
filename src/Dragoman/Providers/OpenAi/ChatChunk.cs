using System.Text.Json;
using Dragoman.Messages;
using static Dragoman.Providers.JsonSlices;

namespace Dragoman.Providers.OpenAi;

/// <summary>
/// One object of a chat answer: a <c>chat.completion.chunk</c>, or a whole <c>chat.completion</c>, whose <c>message</c> has the same fields as a chunk's
/// <c>delta</c>. Texts are views into the object. Made once and filled anew for each.
/// </summary>
internal sealed class ChatChunk
{
    private JsonText _reasoning;
    private JsonText _reasoningContent;

    /// <summary>The object is an error.</summary>
    public bool IsError { get; private set; }

    /// <summary>Pieces of text.</summary>
    public List<JsonText> Texts { get; } = [];

    /// <summary>Pieces of thinking from the parts of <c>content</c> (Mistral).</summary>
    public List<JsonText> ThinkingParts { get; } = [];

    /// <summary>Pieces of tool calls.</summary>
    public List<CallFragment> Calls { get; } = [];

    /// <summary>A piece of thinking from a field of its own. Some servers give it under both names at once.</summary>
    public JsonText Reasoning => _reasoningContent.IsEmpty ? _reasoning : _reasoningContent;

    /// <summary>The <c>reasoning_details</c>, a raw JSON array.</summary>
    public ReadOnlyMemory<byte> Details { get; private set; }

    /// <summary>A piece of a refusal.</summary>
    public JsonText Refusal { get; private set; }

    /// <summary>Why the answer ended.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>The stop sequence that was hit (vLLM's <c>stop_reason</c>, SGLang's <c>matched_stop</c>).</summary>
    public string? StopSequence { get; private set; }

    /// <summary>Token counts.</summary>
    public OpenAiUsage? Usage { get; private set; }

    /// <summary>Reads an object.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidOperationException">Half a surrogate pair stands where a name is to be compared.</exception>
    public void Read(ReadOnlyMemory<byte> received)
    {
        Clear();
        var chunk = AsUtf8(received);
        var json = new Utf8JsonReader(chunk.Span);
        json.Read();
        var (hasChoices, hasMessage) = (false, false);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("choices"u8))
            {
                hasChoices = true;
                ReadChoices(ref json, chunk);
            }
            else if (json.ValueTextEquals("usage"u8)) Usage = OpenAiUsage.Read(ref json) ?? Usage;
            else if (json.ValueTextEquals("x_groq"u8)) ReadGroq(ref json);
            else if (json.ValueTextEquals("error"u8)) IsError |= IsThere(ref json);
            // vLLM's {"object":"error","message":…}, and others without an "error" around it.
            else if (json.ValueTextEquals("message"u8)) hasMessage = !ReadText(ref json, chunk).IsEmpty;
            else Skip(ref json);
        }

        IsError |= hasMessage && !hasChoices;
    }

    private void Clear()
    {
        Texts.Clear();
        ThinkingParts.Clear();
        Calls.Clear();
        (IsError, _reasoning, _reasoningContent, Details, Refusal) = (false, default, default, default, default);
        (FinishReason, StopSequence, Usage) = (null, null, null);
    }

    private void ReadChoices(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterArray(ref json)) return;
        // Only one was asked for.
        var first = true;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (first && json.TokenType == JsonTokenType.StartObject) ReadChoice(ref json, chunk);
            else json.Skip();
            first = false;
        }
    }

    private void ReadChoice(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("delta"u8) || json.ValueTextEquals("message"u8)) ReadDelta(ref json, chunk);
            else if (json.ValueTextEquals("finish_reason"u8)) FinishReason = ReadString(ref json, chunk);
            else if (json.ValueTextEquals("stop_reason"u8) || json.ValueTextEquals("matched_stop"u8)) StopSequence = ReadString(ref json, chunk);
            // Moonshot's place for it.
            else if (json.ValueTextEquals("usage"u8)) Usage = OpenAiUsage.Read(ref json) ?? Usage;
            else if (json.ValueTextEquals("error"u8)) IsError |= IsThere(ref json);
            else Skip(ref json);
        }
    }

    private void ReadDelta(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterObject(ref json)) return;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("content"u8)) ReadContent(ref json, chunk, Texts);
            else if (json.ValueTextEquals("reasoning_content"u8)) _reasoningContent = ReadText(ref json, chunk);
            else if (json.ValueTextEquals("reasoning"u8)) _reasoning = ReadText(ref json, chunk);
            else if (json.ValueTextEquals("reasoning_details"u8)) Details = ReadRaw(ref json, chunk);
            else if (json.ValueTextEquals("refusal"u8)) Refusal = ReadText(ref json, chunk);
            else if (json.ValueTextEquals("tool_calls"u8)) ReadCalls(ref json, chunk);
            else if (json.ValueTextEquals("function_call"u8)) ReadOldCall(ref json, chunk);
            else Skip(ref json);
        }
    }

    // A string, or parts: {"type":"text","text":…}, and Mistral's {"type":"thinking","thinking":[{"type":"text","text":…}]}.
    private void ReadContent(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk, List<JsonText> texts)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String) texts.Add(new JsonText(chunk.Slice((int)json.TokenStartIndex + 1, json.ValueSpan.Length)));
        else if (json.TokenType == JsonTokenType.StartArray) ReadParts(ref json, chunk, texts);
        else json.Skip();
    }

    private void ReadParts(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk, List<JsonText> texts)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
                continue;
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("text"u8)) texts.Add(ReadText(ref json, chunk));
                else if (json.ValueTextEquals("thinking"u8)) ReadContent(ref json, chunk, ThinkingParts);
                else Skip(ref json);
            }
        }
    }

    private void ReadCalls(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterArray(ref json)) return;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject) Calls.Add(CallFragment.Read(ref json, chunk));
            else json.Skip();
        }
    }

    // What tool_calls was before there were several.
    private void ReadOldCall(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        var call = CallFragment.ReadFunction(ref json, chunk, default);
        if (call != default) Calls.Add(call with { Index = 0 });
    }

    // Older Groq servers have the counts here only.
    private void ReadGroq(ref Utf8JsonReader json)
    {
        if (!EnterObject(ref json)) return;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("usage"u8)) Usage ??= OpenAiUsage.Read(ref json);
            else if (json.ValueTextEquals("error"u8)) IsError |= IsThere(ref json);
            else Skip(ref json);
        }
    }

    private static bool IsThere(ref Utf8JsonReader json)
    {
        json.Read();
        var isThere = json.TokenType is not (JsonTokenType.Null or JsonTokenType.False);
        json.Skip();
        return isThere;
    }
}
