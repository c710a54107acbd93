using System.Text.Json;
using Dragoman.Messages;
using static Dragoman.Providers.JsonSlices;

namespace Dragoman.Providers.OpenAi;

/// <summary>
/// One object of an answer of <c>/responses</c>: an event, or a whole <c>response</c>, which is read as the last event of a stream that had no others.
/// Texts are views into the object. Made once and filled anew for each.
/// </summary>
internal sealed class ResponsesEvent
{
    /// <summary>What happened, for example <c>response.output_text.delta</c>; <c>response</c> for a whole one.</summary>
    public string Type { get; private set; } = "";

    /// <summary>A piece of text.</summary>
    public JsonText Delta { get; private set; }

    /// <summary>Which item of the answer it belongs to.</summary>
    public long OutputIndex { get; private set; }

    /// <summary>Which part of a reasoning summary it belongs to.</summary>
    public long SummaryIndex { get; private set; }

    /// <summary>An item of the answer, raw JSON.</summary>
    public ReadOnlyMemory<byte> Item { get; private set; }

    /// <summary>The response itself, at its end.</summary>
    public ResponsesSummary Response { get; private set; } = new();

    /// <summary>The object is an error.</summary>
    public bool IsError { get; private set; }

    /// <summary>It says that the request has arrived, and no more.</summary>
    public bool IsBeginning => !IsError && Type is ("response.created" or "response.queued" or "response.in_progress");

    /// <summary>Reads an object of either API as far as it tells of errors; null when it can't be read.</summary>
    public static ResponsesEvent? TryRead(ReadOnlyMemory<byte> received)
    {
        try
        {
            var read = new ResponsesEvent();
            read.Read(received);
            return read;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The translator says so.
            return null;
        }
    }

    /// <summary>Reads an object.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidOperationException">Half a surrogate pair stands where a name is to be compared.</exception>
    public void Read(ReadOnlyMemory<byte> received)
    {
        (Type, Delta, OutputIndex, SummaryIndex, Item, Response, IsError) = ("", default, 0, 0, default, new ResponsesSummary(), false);
        var chunk = AsUtf8(received);
        var json = new Utf8JsonReader(chunk.Span);
        json.Read();
        var start = json;
        var (isWhole, hasMessage) = (false, false);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8)) Type = ReadString(ref json, chunk) ?? "";
            else if (json.ValueTextEquals("delta"u8)) Delta = ReadText(ref json, chunk);
            else if (json.ValueTextEquals("output_index"u8)) OutputIndex = ReadNumber(ref json);
            else if (json.ValueTextEquals("summary_index"u8)) SummaryIndex = ReadNumber(ref json);
            else if (json.ValueTextEquals("item"u8)) Item = ReadRaw(ref json, chunk);
            else if (json.ValueTextEquals("response"u8)) Response = EnterObject(ref json) ? ResponsesSummary.Read(ref json, chunk) : Response;
            else if (json.ValueTextEquals("object"u8)) isWhole = ReadString(ref json, chunk) == "response";
            else if (json.ValueTextEquals("message"u8)) hasMessage = !ReadText(ref json, chunk).IsEmpty;
            else if (json.ValueTextEquals("error"u8)) IsError |= IsThere(ref json);
            else Skip(ref json);
        }

        if (isWhole)
        {
            (Type, Response, IsError) = ("response", ResponsesSummary.Read(ref start, chunk), false);
        }
        else
        {
            IsError |= Type is "error" or "response.failed" || (hasMessage && Type.Length == 0);
        }
    }

    private static bool IsThere(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
        return json.TokenType is not (JsonTokenType.Null or JsonTokenType.False);
    }
}

/// <summary>What a <c>response</c> says of itself.</summary>
internal sealed record ResponsesSummary
{
    /// <summary><c>completed</c>, <c>incomplete</c>, <c>failed</c>, <c>in_progress</c>, ...</summary>
    public string Status { get; private init; } = "";

    /// <summary>For an incomplete one: why.</summary>
    public string? IncompleteReason { get; private init; }

    /// <summary>Token counts.</summary>
    public OpenAiUsage? Usage { get; private init; }

    /// <summary>All items, a raw JSON array.</summary>
    public ReadOnlyMemory<byte> Output { get; private init; }

    /// <summary>Reads a response; the reader stands on its beginning.</summary>
    public static ResponsesSummary Read(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        var summary = new ResponsesSummary();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("status"u8)) summary = summary with { Status = ReadString(ref json, chunk) ?? "" };
            else if (json.ValueTextEquals("usage"u8)) summary = summary with { Usage = OpenAiUsage.Read(ref json) };
            else if (json.ValueTextEquals("output"u8)) summary = summary with { Output = ReadRaw(ref json, chunk) };
            else if (json.ValueTextEquals("incomplete_details"u8)) summary = summary with { IncompleteReason = ReadReason(ref json, chunk) };
            else Skip(ref json);
        }

        return summary;
    }

    private static string? ReadReason(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterObject(ref json)) return null;
        string? reason = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("reason"u8)) reason = ReadString(ref json, chunk);
            else Skip(ref json);
        }

        return reason;
    }
}
