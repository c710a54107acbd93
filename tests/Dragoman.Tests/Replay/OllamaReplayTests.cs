using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Tests.EndToEnd;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Replay;

/// <summary>
/// Real models' answers, as Ollama would have sent them, through the whole gateway: thinking, text and tool inputs arrive as they were recorded, whatever the
/// bytes were split into.
/// </summary>
public sealed class OllamaReplayTests
{
    // Stands for the recordings where there are none beside the checkout: escapes, emoji, a surrogate pair, markup.
    private static readonly RecordedAnswer Own = new(
        "own", [("thinking", "Hm \"quoted\"\n"), ("text", "Grüße 👋 <b>&amp;\u2028</b>"), ("text", "\ttab \\ backslash")], [("get", """{"path":"C:\\x","n":[1,2.50,null],"ü":"👋"}""")]);

    [Fact]
    public async Task Recorded_answers_come_through_unchanged()
    {
        var recorded = RecordedAnswer.Folder is { } folder ? RecordedAnswer.All(folder).ToList() : [];
        if (RecordedAnswer.Folder is not null) Assert.True(recorded.Count >= 20, $"only {recorded.Count} recordings could be read");
        TestContext.Current.SendDiagnosticMessage($"replayed {recorded.Count} recordings through the Ollama provider");
        RecordedAnswer[] all = [Own, .. recorded];
        await using var gateway = await OllamaGateway.StartAsync(new OllamaScenario { Reply = call => Script(all[call.Number]), SplitSeed = 7 });
        foreach (var answer in all)
        {
            var tools = string.Join(",", answer.Calls.Select(call => call.Name).Distinct().Select(name => $$$"""{"name":{{{JsonSerializer.Serialize(name)}}},"input_schema":{"type":"object"}}"""));
            var events = await gateway.StreamAsync($$"""{"model":"qwen3:8b","max_tokens":100000,"stream":true,"thinking":{"type":"adaptive"},"tools":[{{tools}}],"messages":[{"role":"user","content":"{{answer.Name}}"}]}""");
            Assert.Equal(Joined(answer, "thinking"), SseEvent.Text(events, "thinking"));
            Assert.Equal(Joined(answer, "text"), SseEvent.Text(events));
            // Ollama parses arguments and writes them again, so white space between their tokens is its own.
            var inputs = events.GroupBy(step => step.Data.TryGetProperty("index", out var index) ? index.GetInt32() : -1).Select(block => SseEvent.Text(block, "partial_json")).Where(json => json.Length > 0).ToList();
            Assert.Equal(answer.Calls.Count, inputs.Count);
            Assert.All(answer.Calls.Zip(inputs), pair => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(pair.First.Input), JsonNode.Parse(pair.Second)), pair.Second));
            Assert.Equal(answer.Calls.Count > 0 ? "tool_use" : "end_turn", SseEvent.StopReason(events));
            AssertGrammar(events);
        }
    }

    private static string Joined(RecordedAnswer answer, string kind) => string.Concat(answer.Pieces.Where(piece => piece.Kind == kind).Select(piece => piece.Text));

    private static ChatReply Script(RecordedAnswer answer)
    {
        var reply = new ChatReply();
        foreach (var (kind, text) in answer.Pieces)
        {
            if (kind == "text") reply.RepeatText(text, 1);
            else reply.Line($$"""{"message":{"role":"assistant","content":"","thinking":{{JsonSerializer.Serialize(text)}}},"done":false}""");
        }

        foreach (var (name, input) in answer.Calls) reply.ToolCall(name, input.ReplaceLineEndings(" "));
        return reply;
    }

    // Blocks are numbered without gaps, one after the other, and each thinking block is signed once.
    private static void AssertGrammar(List<SseEvent> events)
    {
        var open = -1;
        var next = 0;
        foreach (var step in events)
        {
            if (step.Type == "content_block_start")
            {
                Assert.Equal(-1, open);
                open = step.Data.GetProperty("index").GetInt32();
                Assert.Equal(next++, open);
            }
            else if (step.Type == "content_block_delta") Assert.Equal(open, step.Data.GetProperty("index").GetInt32());
            else if (step.Type == "content_block_stop") open = -1;
        }

        var thinking = events.Count(step => step.Type == "content_block_start" && step.Data.GetProperty("content_block").GetProperty("type").GetString() == "thinking");
        Assert.Equal(thinking, events.Count(step => step.Type == "content_block_delta" && step.Data.GetProperty("delta").GetProperty("type").GetString() == "signature_delta"));
    }
}
