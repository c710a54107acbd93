using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;
using Dragoman.Tests.EndToEnd;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Replies;

public sealed class ReplyTests
{
    private static readonly MessageHead Head = new("msg_1", "claude-x", 7, ReportsEdits: false);

    [Fact]
    public void A_streams_bytes()
    {
        var stream = Stream([ReplyEvent.OfThinking(JsonText.From("hm")), ReplyEvent.OfText(JsonText.From("a\"b")), ReplyEvent.OfToolCall(new ToolCallStart("toolu_1", "get")), ReplyEvent.OfToolInput(JsonText.From("{\"x\":1}"))]);
        Assert.Equal(
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null,"diagnostics":null,"usage":{"input_tokens":7,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"cache_creation":null,"output_tokens_details":null,"server_tool_use":null,"service_tier":null,"inference_geo":null}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

            event: ping
            data: {"type":"ping"}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"SIGNATURE"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":"","citations":null}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"a\"b"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: content_block_start
            data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"get","caller":{"type":"direct"},"input":{}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"x\":1}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":2}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null,"stop_details":null,"container":null},"usage":{"input_tokens":5,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":9,"cache_creation":null,"output_tokens_details":null,"server_tool_use":null,"service_tier":null,"inference_geo":null}}

            event: message_stop
            data: {"type":"message_stop"}


            """.ReplaceLineEndings("\n"),
            stream.Replace(new ThinkingSignature("p", "m", null).Seal(), "SIGNATURE"));
    }

    [Fact]
    public void Thinking_that_is_not_to_be_seen_travels_in_the_signature_or_not_at_all()
    {
        ReplyEvent[] steps = [ReplyEvent.OfThinking(JsonText.From("first ")), ReplyEvent.OfThinking(JsonText.From("second")), ReplyEvent.OfText(JsonText.From("x"))];
        var sealedEvents = SseEvent.ParseAll(Stream(steps, ThinkingVisibility.Sealed));
        Assert.Equal("", SseEvent.Text(sealedEvents, "thinking"));
        Assert.Equal(new ThinkingSignature("p", "m", "first second"), ThinkingSignature.Open(SseEvent.Text(sealedEvents, "signature")));
        Assert.DoesNotContain("thinking", Stream(steps, ThinkingVisibility.Hidden));
    }

    [Theory]
    [InlineData(nameof(ThinkingVisibility.Shown))]
    [InlineData(nameof(ThinkingVisibility.Sealed))]
    [InlineData(nameof(ThinkingVisibility.Hidden))]
    public void What_the_upstream_wants_back_travels_in_a_thinking_block_of_its_own_or_in_the_open_one(string visibility)
    {
        ReplyEvent[] steps =
        [
            ReplyEvent.OfThinking(JsonText.From("hm")), ReplyEvent.OfSignature("call:AA=="), ReplyEvent.OfToolCall(new ToolCallStart("toolu_1", "get")),
            ReplyEvent.OfSignature("call:BB=="), ReplyEvent.OfSignature("call:CC=="), ReplyEvent.OfThinking(JsonText.From("more")),
        ];
        var seen = Enum.Parse<ThinkingVisibility>(visibility);
        var events = SseEvent.ParseAll(Stream(steps, seen));
        var blocks = events.Where(step => step.Type == "content_block_start").Select(step => step.Data.GetProperty("content_block").GetProperty("type").GetString());
        var carried = events.Where(step => step.Data.ToString().Contains("signature_delta", StringComparison.Ordinal))
            .Select(step => ThinkingSignature.Open(step.Data.GetProperty("delta").GetProperty("signature").GetString()!)!).ToList();

        List<string> expected = ["thinking", "tool_use", "thinking", "thinking"];
        List<string?> upstream = ["call:AA==", "call:BB==", "call:CC=="];
        if (seen != ThinkingVisibility.Hidden) expected.Add("thinking");
        if (seen != ThinkingVisibility.Hidden) upstream.Add(null);
        Assert.Equal(expected, blocks);
        Assert.Equal(upstream, carried.Select(signature => signature.Upstream));
        Assert.Equal(seen == ThinkingVisibility.Sealed ? "hm" : null, carried[0].Thinking);
    }

    [Fact]
    public void A_signature_that_is_foreign_or_damaged_is_nobodys()
    {
        var own = new ThinkingSignature("ollama", "qwen3:8b", new string('t', 5000)).Seal();
        Assert.Equal(5000, ThinkingSignature.Open(own)!.Thinking!.Length);
        Assert.True(own.Length < 300, "thinking is compressed");
        Assert.Null(ThinkingSignature.Open("EqQBCkYIBxgCKkBh"));
        Assert.Null(ThinkingSignature.Open("not base64!"));
        Assert.Null(ThinkingSignature.Open(""));
        Assert.Null(ThinkingSignature.Open(own[..40] + "AAAA" + own[44..])?.Thinking);
    }

    [Fact]
    public void A_signature_cannot_unpack_into_gigabytes() =>
        Assert.Null(ThinkingSignature.Open(new ThinkingSignature("p", "m", new string('a', 9 << 20)).Seal())!.Thinking);

    [Fact]
    public void A_stream_and_a_whole_message_say_the_same()
    {
        var text = Gen.Elements("a", "ü👋", "\"q\"\\", "\n", "<&>").Select(piece => (Kind: 0, piece));
        var thinking = Gen.Elements("t", "hm\t").Select(piece => (Kind: 1, piece));
        var call = Gen.Elements("{}", "{\"a\":\"ü\\\"\"}").Select(piece => (Kind: 2, piece));
        Prop.ForAll(Arb.From(Gen.OneOf(text, thinking, call).ListOf()), pieces =>
        {
            var steps = pieces.SelectMany(piece => Steps(piece.Kind, piece.piece)).ToArray();
            var whole = Whole(steps);
            var streamed = Assemble(SseEvent.ParseAll(Stream(steps)));
            Assert.Equal(whole.GetProperty("content").GetRawText(), streamed);
        }).Check(Seeded.Config);
    }

    [Fact]
    public void Stop_sequences_are_found_however_the_text_is_split()
    {
        Prop.ForAll(Arb.From(Gen.Elements("a", "b", "EN", "D", "E", "END", "ST", "OP", " ").ListOf()), pieces =>
        {
            var text = string.Concat(pieces);
            var end = new[] { text.IndexOf("END", StringComparison.Ordinal), text.IndexOf("STOP", StringComparison.Ordinal) }.Where(at => at >= 0).DefaultIfEmpty(-1).Min();
            var watch = new StopSequenceWatch(["END", "STOP"]);
            var shown = string.Concat(pieces.Select(watch.Append)) + (watch.Hit is null ? watch.Flush() : "");
            Assert.Equal(end < 0 ? text : text[..end], shown);
            Assert.Equal(end < 0 ? null : text[end] == 'E' ? "END" : "STOP", watch.Hit);
        }).Check(Seeded.Config);
    }

    private static IEnumerable<ReplyEvent> Steps(int kind, string piece) => kind switch
    {
        0 => [ReplyEvent.OfText(JsonText.From(piece))],
        1 => [ReplyEvent.OfThinking(JsonText.From(piece))],
        _ => [ReplyEvent.OfToolCall(new ToolCallStart("toolu_x", "get")), ReplyEvent.OfToolInput(JsonText.From(piece))],
    };

    private static string Stream(IEnumerable<ReplyEvent> steps, ThinkingVisibility visibility = ThinkingVisibility.Shown)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SseWriter(output, Head);
        var guard = new StreamGuard(visibility, () => new ThinkingSignature("p", "m", null)) { Sink = writer };
        writer.StartMessage();
        foreach (var step in steps) guard.Write(step);
        var finish = new Finish(StopReason.EndTurn, new Usage(5, 9));
        writer.Finish(guard.End(finish.Reason), finish);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static JsonElement Whole(IEnumerable<ReplyEvent> steps)
    {
        var assembler = new MessageAssembler();
        var guard = new StreamGuard(ThinkingVisibility.Shown, () => new ThinkingSignature("p", "m", null)) { Sink = assembler };
        foreach (var step in steps) guard.Write(step);
        var output = new ArrayBufferWriter<byte>();
        assembler.Finish(output, Head, guard.End(StopReason.EndTurn), new Finish(StopReason.EndTurn, new Usage(5, 9)));
        return JsonDocument.Parse(output.WrittenMemory).RootElement;
    }

    // What an SDK does: blocks by index, deltas joined, input parsed at the end.
    private static string Assemble(List<SseEvent> events)
    {
        var blocks = new List<string>();
        foreach (var start in events.Where(step => step.Type == "content_block_start"))
        {
            var index = start.Data.GetProperty("index").GetInt32();
            Assert.Equal(blocks.Count, index);
            var deltas = events.Where(step => step.Type == "content_block_delta" && step.Data.GetProperty("index").GetInt32() == index).ToList();
            var type = start.Data.GetProperty("content_block").GetProperty("type").GetString();
            blocks.Add(type switch
            {
                "text" => $$"""{"type":"text","text":{{Json(SseEvent.Text(deltas))}},"citations":null}""",
                "thinking" => $$"""{"type":"thinking","thinking":{{Json(SseEvent.Text(deltas, "thinking"))}},"signature":{{Json(SseEvent.Text(deltas, "signature"))}}}""",
                _ => $$"""{"type":"tool_use","id":"toolu_x","name":"get","caller":{"type":"direct"},"input":{{SseEvent.Text(deltas, "partial_json")}}}""",
            });
        }

        return $"[{string.Join(",", blocks)}]";
    }

    private static string Json(string text) => $"\"{Encoding.UTF8.GetString(JsonText.From(text).Escaped.Span)}\"";
}
