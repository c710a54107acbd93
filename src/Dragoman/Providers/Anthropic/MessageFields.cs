using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.Anthropic;

/// <summary>What the log needs of an answer, gathered from the events or the message that it is; the last word on each field counts, as usage is told in totals.</summary>
internal sealed class MessageFields
{
    private string? _stopReason;
    private string? _stopSequence;
    private int _input;
    private int _cacheWritten;
    private int _cacheRead;
    private int _output;
    private int? _thinking;
    private int _searches;
    private int _fetches;
    private bool _toldUsage;

    /// <summary>Where the name of the model stands in what was read last, quotes included; empty when it isn't there.</summary>
    public Range Model { get; private set; } = ..0;

    /// <summary>The <c>type</c> of the object that was read last.</summary>
    public string? Type { get; private set; }

    /// <summary>Why and how the answer ended.</summary>
    public Finish Finish() => new(ReasonOf(_stopReason), new Usage(_input + _cacheWritten, _output, _cacheRead, _thinking, _searches, _fetches) { CacheWriteTokens = _cacheWritten, IsEstimated = !_toldUsage })
    {
        StopSequence = _stopSequence,
        PassedReason = _stopReason ?? "",
    };

    /// <summary>Reads the message that <paramref name="json"/> enters, or the object around it.</summary>
    public void Read(ref Utf8JsonReader json, ReadOnlyMemory<byte> source)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("model"u8)) ReadModel(ref json);
            else if (json.ValueTextEquals("stop_reason"u8)) _stopReason = JsonSlices.ReadString(ref json, source) ?? _stopReason;
            else if (json.ValueTextEquals("stop_sequence"u8)) _stopSequence = JsonSlices.ReadString(ref json, source) ?? _stopSequence;
            else if (json.ValueTextEquals("message"u8) || json.ValueTextEquals("delta"u8)) Enter(ref json, source);
            else if (json.ValueTextEquals("type"u8)) Type = JsonSlices.ReadString(ref json, source);
            else if (json.ValueTextEquals("usage"u8)) ReadUsage(ref json);
            else JsonSlices.Skip(ref json);
        }
    }

    private void Enter(ref Utf8JsonReader json, ReadOnlyMemory<byte> source)
    {
        if (JsonSlices.EnterObject(ref json)) Read(ref json, source);
    }

    private void ReadModel(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String) Model = (int)json.TokenStartIndex..(int)json.BytesConsumed;
        json.Skip();
    }

    private void ReadUsage(ref Utf8JsonReader json)
    {
        if (!JsonSlices.EnterObject(ref json)) return;
        _toldUsage = true;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("input_tokens"u8)) _input = Number(ref json) ?? _input;
            else if (json.ValueTextEquals("cache_creation_input_tokens"u8)) _cacheWritten = Number(ref json) ?? _cacheWritten;
            else if (json.ValueTextEquals("cache_read_input_tokens"u8)) _cacheRead = Number(ref json) ?? _cacheRead;
            else if (json.ValueTextEquals("output_tokens"u8)) _output = Number(ref json) ?? _output;
            else if (json.ValueTextEquals("output_tokens_details"u8) || json.ValueTextEquals("server_tool_use"u8)) ReadDetails(ref json);
            else JsonSlices.Skip(ref json);
        }
    }

    private void ReadDetails(ref Utf8JsonReader json)
    {
        if (!JsonSlices.EnterObject(ref json)) return;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("thinking_tokens"u8)) _thinking = Number(ref json) ?? _thinking;
            else if (json.ValueTextEquals("web_search_requests"u8)) _searches = Number(ref json) ?? _searches;
            else if (json.ValueTextEquals("web_fetch_requests"u8)) _fetches = Number(ref json) ?? _fetches;
            else JsonSlices.Skip(ref json);
        }
    }

    private static int? Number(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var number)) return number;
        json.Skip();
        return null;
    }

    private static StopReason ReasonOf(string? name)
    {
        foreach (var reason in Enum.GetValues<StopReason>())
        {
            if (reason.WireName() == name) return reason;
        }

        // pause_turn, compaction and what is still to come: the log has the name.
        return StopReason.EndTurn;
    }
}
