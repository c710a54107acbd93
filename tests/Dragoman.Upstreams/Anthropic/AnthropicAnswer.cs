using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Serving;
using Dragoman.Upstreams.Writing;

namespace Dragoman.Upstreams.Anthropic;

/// <summary>Builds an answer block by block, and makes a stream or a whole message of it, as the request wants.</summary>
/// <param name="number">The call's number; ids are made of it.</param>
/// <param name="request">What was asked.</param>
/// <param name="tokens">The prompt's tokens.</param>
internal sealed class AnthropicAnswer(int number, JsonElement request, int tokens)
{
    private readonly List<string> events = [];
    private readonly List<string> blocks = [];
    private readonly StopSequences stops = new([.. request.FindItems("stop_sequences").Select(stop => stop.GetString()!)]);
    private readonly int maxTokens = request.Find("max_tokens") is { ValueKind: JsonValueKind.Number } limit ? limit.GetInt32() : int.MaxValue;
    private TimeSpan pause;
    private int pauseAt;
    private int written;
    private bool hasCalls;
    private bool isCut;

    private bool Streams => request.Find("stream") is { ValueKind: JsonValueKind.True };

    private bool IsOver => stops.Hit || isCut;

    /// <summary>Text, in pieces; up to a stop sequence or the limit.</summary>
    public AnthropicAnswer Say(string text)
    {
        if (IsOver)
        {
            return this;
        }

        var said = new StringBuilder();
        var deltas = new List<string>();
        foreach (var piece in TokenPieces.Of(text))
        {
            isCut = written >= maxTokens;
            if (IsOver)
            {
                break;
            }

            written++;
            Add(stops.Next(piece));
        }

        Add(stops.Rest());
        return Block("""{"type":"text","text":""}""", deltas, $$"""{"type":"text","text":{{Quote(said.ToString())}}}""");

        void Add(string shown)
        {
            if (shown.Length == 0) return;
            said.Append(shown);
            deltas.Add($$"""{"type":"text_delta","text":{{Quote(shown)}}}""");
        }
    }

    /// <summary>Thinking, if the request wants any; only signed where it is to be omitted.</summary>
    public AnthropicAnswer Think(string thought)
    {
        var thinking = request.Find("thinking");
        if (thinking?.FindText("type") is not ("enabled" or "adaptive"))
        {
            return this;
        }

        var shown = thinking?.FindText("display") == "omitted" ? "" : thought;
        var signature = $"SIGNED-{number}-{blocks.Count}-{Convert.ToBase64String(Encoding.UTF8.GetBytes(thought))}";
        written += TokenPieces.Of(thought).Count;
        return Block(
            """{"type":"thinking","thinking":"","signature":""}""",
            [.. TokenPieces.Of(shown).Where(piece => piece.Length > 0).Select(piece => $$"""{"type":"thinking_delta","thinking":{{Quote(piece)}}}"""), $$"""{"type":"signature_delta","signature":"{{signature}}"}"""],
            $$"""{"type":"thinking","thinking":{{Quote(shown)}},"signature":"{{signature}}"}""");
    }

    /// <summary>A call.</summary>
    public AnthropicAnswer Call(string name, string argumentsJson)
    {
        hasCalls = true;
        // Ids sort in the order of the calls.
        var head = string.Create(CultureInfo.InvariantCulture, $"\"type\":\"tool_use\",\"id\":\"toolu_{number:d4}_{blocks.Count:d2}\",\"name\":{Quote(name)},\"caller\":{{\"type\":\"direct\"}}");
        string[] pieces = ["", .. TokenPieces.Of(argumentsJson)];
        written += pieces.Length;
        return Block($$$"""{{{{head}}},"input":{}}""", [.. pieces.Select(piece => $$"""{"type":"input_json_delta","partial_json":{{Quote(piece)}}}""")], $$"""{{{head}},"input":{{argumentsJson}}}""");
    }

    /// <summary>A search on the web, and what it found.</summary>
    public AnthropicAnswer Search(string query)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"srvtoolu_{number:d4}");
        var head = $$"""
            "type":"server_tool_use","id":"{{id}}","name":"web_search","caller":{"type":"direct"}
            """;
        var input = $$"""{"query":{{Quote(query)}}}""";
        var found = $$"""{"type":"web_search_tool_result","tool_use_id":"{{id}}","caller":{"type":"direct"},"content":[{"type":"web_search_result","url":"https://one.example/page?q=1","title":"one.example","encrypted_content":"NOTE-{{number}}","page_age":null}]}""";
        Block($$$"""{{{{head}}},"input":{}}""", [$$"""{"type":"input_json_delta","partial_json":{{Quote(input)}}}"""], $$"""{{{head}},"input":{{input}}}""");
        return Block(found, [], found);
    }

    /// <summary>Silence before what comes next.</summary>
    public AnthropicAnswer Pause(TimeSpan duration)
    {
        (pause, pauseAt) = (duration, Encoding.UTF8.GetByteCount(Stream()));
        return this;
    }

    /// <summary>The good end.</summary>
    public AnthropicReply End()
    {
        var reason = hasCalls && !IsOver ? "tool_use" : stops.Hit ? "stop_sequence" : isCut ? "max_tokens" : "end_turn";
        var stop = stops.Hit ? request.FindItems("stop_sequences").First().GetRawText() : "null";
        if (!Streams)
        {
            return Paused(AnthropicReply.Json($$"""{{{Head}},"content":[{{string.Join(',', blocks)}}],"stop_reason":"{{reason}}","stop_sequence":{{stop}},"usage":{{Usage(written)}}}"""));
        }

        events.Add($$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}","stop_sequence":{{{stop}}}},"usage":{{{Usage(written)}}}}""");
        events.Add("""{"type":"message_stop"}""");
        return Paused(AnthropicReply.Raw(Stream()));
    }

    /// <summary>An error: an event of a stream, a status in place of a whole message.</summary>
    public AnthropicReply Fail(string words)
    {
        if (!Streams)
        {
            return AnthropicReply.Error(500, "api_error", words);
        }

        events.Add($$$"""{"type":"error","error":{"type":"api_error","message":{{{Quote(words)}}}},"request_id":"req_011Sim"}""");
        return Paused(AnthropicReply.Raw(Stream()));
    }

    /// <summary>The connection breaks.</summary>
    public AnthropicReply HangUp() => Streams ? Paused(AnthropicReply.Raw(Stream()) with { BreakAfter = Encoding.UTF8.GetByteCount(Stream()) }) : AnthropicReply.Json("{") with { BreakAfter = 0 };

    private string Head => string.Create(CultureInfo.InvariantCulture, $"\"id\":\"msg_{number:d4}\",\"type\":\"message\",\"role\":\"assistant\",\"model\":{Quote(request.FindText("model")!)},\"stop_details\":null,\"container\":null,\"diagnostics\":null");

    private string Usage(int output) =>
        $$"""{"input_tokens":{{tokens}},"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":{{output}},"output_tokens_details":{"thinking_tokens":0},"server_tool_use":null,"service_tier":"standard","inference_geo":null}""";

    private AnthropicAnswer Block(string start, IReadOnlyList<string> deltas, string whole)
    {
        var index = blocks.Count;
        events.Add($$"""{"type":"content_block_start","index":{{index}},"content_block":{{start}}}""");
        events.AddRange(deltas.Select(delta => $$"""{"type":"content_block_delta","index":{{index}},"delta":{{delta}}}"""));
        events.Add($$"""{"type":"content_block_stop","index":{{index}}}""");
        blocks.Add(whole);
        return this;
    }

    private string Stream()
    {
        var start = $$$"""{"type":"message_start","message":{{{{Head}}},"content":[],"stop_reason":null,"stop_sequence":null,"usage":{{{Usage(1)}}}}}""";
        return string.Concat(events.Prepend(start).Select(AnthropicReply.Frame));
    }

    // Begun when the answer is wanted, not when it was planned; a whole one is silent to its end.
    private AnthropicReply Paused(AnthropicReply reply) => pause == default ? reply : reply with { Silence = pause, PauseAt = Streams && pauseAt > 0 && blocks.Count > 0 ? pauseAt : 0 };

    private static string Quote(string text) => Json.Write(writer => writer.WriteStringValue(text));
}
