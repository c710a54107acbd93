using System.Text;
using Dragoman.Replies.Grammar;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Replies.Grammar;

public sealed class StreamGrammarTests
{
    private static readonly string[] Everything = ["thinking:hm", "text:a", "call:{\"x\":1}", "text:b"];

    [Fact]
    public void What_the_gateway_writes_has_no_fault_however_its_bytes_are_split() => Prop.ForAll(Arb.From(ValidStream.Any), Arb.From(Gen.Choose(1, 40)), (stream, size) =>
    {
        var grammar = new StreamGrammar();
        foreach (var piece in Encoding.UTF8.GetBytes(stream).Chunk(size)) grammar.Add(piece);
        grammar.End();
        Assert.Empty(grammar.Findings);
        Assert.Equal(ValidStream.Frames(stream).Count, grammar.Frames);
    }).Check(Seeded.Config);

    [Fact]
    public void An_event_too_few_is_found_wherever_it_is_missing() => Prop.ForAll(Arb.From(ValidStream.Any), Arb.From(Gen.Choose(0, 1000)), (stream, at) =>
    {
        var frames = ValidStream.Frames(stream);
        var missing = frames[at % frames.Count];
        frames.RemoveAt(at % frames.Count);
        // Without a ping, or with less of a text, it is still an answer.
        var isNeeded = !missing.Contains("event: ping") && !missing.Contains("text_delta") && !missing.Contains("thinking_delta") && !missing.Contains("input_json_delta");
        Assert.Equal(isNeeded, HasFault(string.Concat(frames)));
    }).Check(Seeded.Config);

    [Fact]
    public void An_event_too_many_is_found_wherever_it_stands() => Prop.ForAll(Arb.From(ValidStream.Any), Arb.From(Gen.Choose(0, 1000)), (stream, at) =>
    {
        var frames = ValidStream.Frames(stream);
        var doubled = frames[at % frames.Count];
        frames.Insert(at % frames.Count, doubled);
        // Usage and stop reason may be told twice, the last one counts; an answer may repeat itself, unless it spoils a call's JSON.
        var isFine = doubled.Contains("event: ping") || doubled.Contains("event: message_delta") || doubled.Contains("text_delta") || doubled.Contains("thinking_delta") || doubled.Contains("\"partial_json\":\"\"");
        Assert.Equal(!isFine, HasFault(string.Concat(frames)));
    }).Check(Seeded.Config);

    [Theory]
    [InlineData("event: message_start", "event: ping\ndata: {\"type\":\"ping\"}\n\nevent: message_start", "'ping' before message_start")]
    [InlineData("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":1}", "", "a block begins although block 1 (text) has not ended")]
    [InlineData("\"index\":1", "\"index\":7", "index 7, but the next block's is 1")]
    [InlineData("\"type\":\"signature_delta\",\"signature\"", "\"type\":\"text_delta\",\"text\"", "a text_delta doesn't belong into a thinking block")]
    [InlineData("signature_delta", "some_delta", "the thinking block has no signature_delta")]
    [InlineData("{\\\"x\\\":1}", "{\\\"x\\\":", "the call's input, put together, is not valid JSON")]
    [InlineData("{\\\"x\\\":1}", "[1]", "is no JSON object but [1]")]
    [InlineData("\"stop_reason\":\"tool_use\"", "\"stop_reason\":\"end_turn\"", "a tool is called, but the stop_reason is end_turn")]
    [InlineData("\"stop_reason\":\"tool_use\"", "\"stop_reason\":\"stop\"", "the stop_reason 'stop' is not known")]
    [InlineData("\"stop_reason\":\"tool_use\"", "\"stop_reason\":null", "message_stop before a message_delta with a stop_reason")]
    [InlineData("\"output_tokens\":9", "\"output_tokens\":\"9\"", "message_delta has no usage.output_tokens")]
    [InlineData("\"input_tokens\":7", "\"tokens\":7", "message.usage needs the numbers")]
    [InlineData("\"role\":\"assistant\"", "\"role\":\"model\"", "message.role is not 'assistant'")]
    [InlineData("\"content\":[]", "\"content\":[{}]", "message.content must be empty")]
    [InlineData("event: content_block_delta\n", "", "there is no event: line")]
    [InlineData("event: content_block_delta\n", "event: content_block_start\n", "event: says 'content_block_start'")]
    [InlineData("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", "", "the stream ended without message_stop")]
    [InlineData("data: {\"type\":\"message_stop\"}\n\n", "data: {\"type\":\"message_stop\"}", "the stream was cut in the middle of an event")]
    [InlineData("data: {\"type\":\"message_stop\"}", "data: {\"type\":\"message_stop\"", "the data is not valid JSON")]
    [InlineData("\"id\":\"toolu_1\"", "\"id\":\"\"", "a string 'id' that isn't empty is missing")]
    [InlineData("\"partial_json\":\"\"", "\"partial\":\"\"", "a string 'partial_json' is missing")]
    public void Each_fault_is_named(string valid, string broken, string expected)
    {
        var stream = ValidStream.Of(Everything);
        Assert.Contains(valid, stream);
        var found = StreamGrammar.Check(Encoding.UTF8.GetBytes(ReplaceFirst(stream, valid, broken))).Findings;
        Assert.Contains(found, finding => finding.IsFault && finding.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_call_cut_off_at_the_token_limit_is_no_fault_and_an_id_given_twice_is_one()
    {
        var cut = ValidStream.Of(["text:a", "call:{\"x\":\"unfin"]).Replace("\"stop_reason\":\"tool_use\"", "\"stop_reason\":\"max_tokens\"");
        Assert.Empty(StreamGrammar.Check(Encoding.UTF8.GetBytes(cut)).Findings);
        // Only the last one can have been cut.
        Assert.True(HasFault(ValidStream.Of(["call:{\"x\":\"unfin", "text:a"]).Replace("\"stop_reason\":\"tool_use\"", "\"stop_reason\":\"max_tokens\"")));
        Assert.Contains("another call's", StreamGrammar.Check(Encoding.UTF8.GetBytes(ValidStream.Of(["call:{}", "call:{}"]).Replace("toolu_2", "toolu_1"))).Findings.Single().Message);
    }

    [Fact]
    public void An_error_ends_a_stream_anywhere_and_must_have_its_shape()
    {
        var frames = ValidStream.Frames(ValidStream.Of(Everything));
        const string error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n";
        foreach (var length in Enumerable.Range(0, frames.Count))
        {
            var grammar = StreamGrammar.Check(Encoding.UTF8.GetBytes(string.Concat(frames.Take(length)) + error));
            Assert.Empty(grammar.Findings);
            Assert.Equal("busy", grammar.Error);
        }

        Assert.True(HasFault(string.Concat(frames.Take(3)) + error.Replace("\"message\":\"busy\"", "\"code\":5")));
        Assert.True(HasFault(string.Concat(frames.Take(3)) + error + frames[3]));
    }

    [Fact]
    public void What_clients_pass_over_is_a_note_and_no_fault()
    {
        var stream = ": hello\n\n" + ValidStream.Of(["text:a"]).Replace("event: ping\ndata: {\"type\":\"ping\"}", "event: news\ndata: {\"type\":\"news\"}").Replace("\n", "\r\n") + "id: 5\n\ndata: [DONE]\n\n";
        var findings = StreamGrammar.Check(Encoding.UTF8.GetBytes(stream)).Findings;
        Assert.Equal(3, findings.Count);
        Assert.DoesNotContain(findings, finding => finding.IsFault);
    }

    [Fact]
    public void A_stream_that_is_nonsense_throughout_is_told_of_in_a_page()
    {
        var nonsense = string.Concat(Enumerable.Repeat("event: content_block_delta\ndata: {}\n\n", 500));
        Assert.Equal(50, StreamGrammar.Check(Encoding.UTF8.GetBytes(nonsense)).Findings.Count);
    }

    [Theory]
    [InlineData("""{"id":"m","type":"message","role":"assistant","model":"x","content":[{"type":"tool_use","id":"t","name":"n","input":{}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}""", "")]
    [InlineData("""{"id":"m","type":"message","role":"assistant","model":"x","content":[{"type":"tool_use","id":"t","name":"n","input":"{}"}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}""", "'input' is no JSON object")]
    [InlineData("""{"id":"m","type":"message","role":"assistant","model":"x","content":[],"stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1}}""", "stop_reason is missing")]
    [InlineData("""{"id":"m","type":"message","role":"assistant","model":"x","content":[{"type":"thinking","thinking":"h"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""", "no string 'signature'")]
    [InlineData("<html>", "not valid JSON")]
    public void A_whole_message_is_checked_too(string body, string expected)
    {
        var findings = MessageGrammar.Check(Encoding.UTF8.GetBytes(body));
        if (expected.Length == 0) Assert.Empty(findings);
        else Assert.Contains(expected, Assert.Single(findings).Message);
    }

    private static bool HasFault(string stream) => StreamGrammar.Check(Encoding.UTF8.GetBytes(stream)).Findings.Any(finding => finding.IsFault);

    private static string ReplaceFirst(string text, string old, string replacement)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return text[..at] + replacement + text[(at + old.Length)..];
    }
}
