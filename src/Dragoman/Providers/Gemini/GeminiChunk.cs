using System.Text.Json;
using static Dragoman.Providers.JsonSlices;

namespace Dragoman.Providers.Gemini;

/// <summary>One <c>GenerateContentResponse</c> of an answer, read in one pass. Texts and calls are slices of the chunk.</summary>
internal sealed class GeminiChunk
{
    /// <summary>The parts of the first candidate; others are never asked for.</summary>
    public List<AnswerPart> Parts { get; } = [];

    /// <summary>Why the answer ended; some versions of the API say it in every chunk.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>The finish reason in words.</summary>
    public string? FinishMessage { get; private set; }

    /// <summary>Why the prompt was refused; then there is no candidate.</summary>
    public string? BlockReason { get; private set; }

    /// <summary>The block reason in words.</summary>
    public string? BlockMessage { get; private set; }

    /// <summary>The raw <c>groundingMetadata</c>; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Grounding { get; private set; }

    /// <summary>The raw <c>urlContextMetadata</c>; empty when there is none.</summary>
    public ReadOnlyMemory<byte> UrlContext { get; private set; }

    /// <summary>The raw <c>usageMetadata</c>'s numbers; null when the chunk has none.</summary>
    public GeminiUsage? Usage { get; private set; }

    /// <summary>The whole chunk is an error.</summary>
    public bool IsError { get; private set; }

    /// <summary>Reads a chunk, forgetting the one before.</summary>
    /// <exception cref="JsonException">It is not a JSON object.</exception>
    public void Read(ReadOnlyMemory<byte> chunk)
    {
        Reset();
        chunk = AsUtf8(chunk);
        var json = new Utf8JsonReader(chunk.Span);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) throw new JsonException("a chunk is not a JSON object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName) ReadField(ref json, chunk);
        json.Read();
    }

    private void Reset()
    {
        Parts.Clear();
        FinishReason = FinishMessage = BlockReason = BlockMessage = null;
        Grounding = UrlContext = default;
        Usage = null;
        IsError = false;
    }

    private void ReadField(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (json.ValueTextEquals("candidates"u8)) ReadCandidates(ref json, chunk);
        else if (json.ValueTextEquals("usageMetadata"u8)) Usage = GeminiUsage.Read(ref json) ?? Usage;
        else if (json.ValueTextEquals("promptFeedback"u8)) ReadFeedback(ref json, chunk);
        else if (json.ValueTextEquals("error"u8)) IsError = !ReadRaw(ref json, chunk).Span.SequenceEqual("null"u8);
        else Skip(ref json);
    }

    private void ReadCandidates(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterArray(ref json)) return;
        var first = true;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject && first) ReadCandidate(ref json, chunk);
            else json.Skip();
            first = false;
        }
    }

    private void ReadCandidate(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("content"u8)) ReadContent(ref json, chunk);
            else if (json.ValueTextEquals("finishReason"u8)) FinishReason = ReadString(ref json, chunk);
            else if (json.ValueTextEquals("finishMessage"u8)) FinishMessage = ReadString(ref json, chunk);
            else if (json.ValueTextEquals("groundingMetadata"u8)) Grounding = ReadRaw(ref json, chunk);
            else if (json.ValueTextEquals("urlContextMetadata"u8)) UrlContext = ReadRaw(ref json, chunk);
            else Skip(ref json);
        }
    }

    private void ReadContent(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterObject(ref json)) return;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("parts"u8)) ReadParts(ref json, chunk);
            else Skip(ref json);
        }
    }

    private void ReadParts(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterArray(ref json)) return;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject) Parts.Add(AnswerPart.Read(ref json, chunk));
            else json.Skip();
        }
    }

    private void ReadFeedback(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterObject(ref json)) return;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("blockReason"u8)) BlockReason = ReadString(ref json, chunk);
            else if (json.ValueTextEquals("blockReasonMessage"u8)) BlockMessage = ReadString(ref json, chunk);
            else Skip(ref json);
        }
    }
}
