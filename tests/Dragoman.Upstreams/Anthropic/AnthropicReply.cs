using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Dragoman.Upstreams.Anthropic;

/// <summary>What the simulated API answers, byte by byte.</summary>
/// <param name="Body">The whole body; for a stream, frames with their blank lines.</param>
public sealed record AnthropicReply(ReadOnlyMemory<byte> Body)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The content type.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Waited for before the headers leave.</summary>
    public Task BeforeHeaders { get; init; } = Task.CompletedTask;

    /// <summary>Waited for before the body's byte at <see cref="PauseAt"/> leaves.</summary>
    public Task Pause { get; init; } = Task.CompletedTask;

    /// <summary>Silence there, besides.</summary>
    public TimeSpan Silence { get; init; }

    /// <summary>Where the body pauses.</summary>
    public int PauseAt { get; init; }

    /// <summary>The connection breaks after so many bytes of the body; null: it doesn't.</summary>
    public int? BreakAfter { get; init; }

    /// <summary>The connection stays open so long after the last byte.</summary>
    public Task AfterBody { get; init; } = Task.CompletedTask;

    /// <summary>A stream whose bytes are given.</summary>
    public static AnthropicReply Raw(string frames) => new(Encoding.UTF8.GetBytes(frames)) { ContentType = "text/event-stream; charset=utf-8" };

    /// <summary>A stream of events, framed as the API frames them.</summary>
    /// <param name="events">The JSON of each.</param>
    public static AnthropicReply Stream(params IEnumerable<string> events) => Raw(string.Concat(events.Select(Frame)));

    /// <summary>An answer of one text as a stream.</summary>
    public static AnthropicReply Text(string model, params string[] pieces) => Stream([
        $$$$"""{"type":"message_start","message":{"model":{{{{JsonSerializer.Serialize(model)}}}},"id":"msg_01Sim","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":3,"cache_read_input_tokens":4,"output_tokens":1,"service_tier":"standard"}}}""",
        """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
        """{"type": "ping"}""",
        .. pieces.Select(piece => $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{JsonSerializer.Serialize(piece)}}}}  }"""),
        """{"type":"content_block_stop","index":0   }""",
        """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}""",
        """{"type":"message_stop"     }""",
    ]);

    /// <summary>An answer of one text as a whole message.</summary>
    public static AnthropicReply Whole(string model, string text) => Json(
        $$$"""{ "model": {{{JsonSerializer.Serialize(model)}}},"id":"msg_01Sim","type":"message","role":"assistant","content":[{"type":"text","text":{{{JsonSerializer.Serialize(text)}}}}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":12,"output_tokens":9},"something_new":{"a":1.0}}""");

    /// <summary>A JSON body.</summary>
    public static AnthropicReply Json(string body, int status = 200) => new(Encoding.UTF8.GetBytes(body)) { Status = status };

    /// <summary>A refusal in the API's form.</summary>
    public static AnthropicReply Error(int status, string type, string message) =>
        Json(string.Create(CultureInfo.InvariantCulture, $$$"""{"type":"error","error":{"type":"{{{type}}}","message":{{{JsonSerializer.Serialize(message)}}}},"request_id":"req_011Sim"}"""), status);

    /// <summary>The frame of an event.</summary>
    public static string Frame(string json)
    {
        using var document = JsonDocument.Parse(json);
        return $"event: {document.RootElement.GetProperty("type").GetString()}\ndata: {json}\n\n";
    }
}
