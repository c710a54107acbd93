using static Dragoman.Tests.Providers.OpenAi.OpenAiTranslation;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>Thinking, wherever a server puts it.</summary>
public sealed class ThinkingTests
{
    [Theory]
    [InlineData("{\"reasoning_content\":\"Hm \"}", "{\"reasoning_content\":\"so.\"}", "{\"content\":\"x\"}")]
    [InlineData("{\"reasoning\":\"Hm \",\"content\":\"\"}", "{\"reasoning\":\"so.\",\"content\":null}", "{\"content\":\"x\",\"reasoning\":null}")]
    [InlineData("{\"reasoning\":\"Hm \",\"reasoning_content\":\"Hm \"}", "{\"reasoning\":\"so.\",\"reasoning_content\":\"so.\"}", "{\"content\":\"x\"}")]
    [InlineData("{\"content\":\"Hm \",\"reasoning_content\":null}", "{\"content\":\"so.\"}", "{\"content\":\"x\"}", "text: Hm so.x")]
    [InlineData("{\"content\":\"<think>\\n\"}", "{\"content\":\"Hm so.\"}", "{\"content\":\"</think>\\n\\nx\"}", "thinking: \nHm so.\ntext: x")]
    [InlineData("{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Hm \"}]}]}", "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"so.\"}]}]}", "{\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}")]
    [InlineData("{\"content\":\"x\",\"reasoning_content\":\"Hm so.\"}", "{}", "{}")]
    public async Task Thinking_is_told_from_text(string first, string second, string third, string expected = "thinking: Hm so.\ntext: x")
    {
        var blocks = await new OpenAiTranslation(ThinkingAndTools).BlocksAsync(Sse(Delta(first[1..^1]), Delta(second[1..^1]), Delta(third[1..^1]), Last()));
        Assert.Equal($"{expected}\n= end_turn", blocks);
    }

    [Theory]
    [InlineData("<think>Hm</think>x", "thinking: Hm\ntext: x")]
    [InlineData("  \n<think>\nHm\n</think>\n\n  x", "thinking: \nHm\n\ntext: x")]
    [InlineData("<think>Hm</think>", "thinking: Hm")]
    [InlineData("<think>Hm", "thinking: Hm")]
    [InlineData("<think></think>x", "text: x")]
    [InlineData("<think>\n\n</think>\n\n", "thinking: \n\n")]
    [InlineData("<think>a</think><think>b</think>c", "thinking: ab\ntext: c")]
    [InlineData("<think>a < b </thin </think>c", "thinking: a < b </thin \ntext: c")]
    [InlineData("[THINK]Hm[/THINK]x", "thinking: Hm\ntext: x")]
    [InlineData("<seed:think>Hm</seed:think>x", "thinking: Hm\ntext: x")]
    [InlineData("Use <think> here</think>", "text: Use <think> here</think>")]
    [InlineData("<thin", "text: <thin")]
    [InlineData("<b>bold</b>", "text: <b>bold</b>")]
    [InlineData("x <think>y</think>", "text: x <think>y</think>")]
    [InlineData("<think>Größe 👋</think>ü", "thinking: Größe 👋\ntext: ü")]
    public async Task Tags_at_the_beginning_are_thinking_however_they_are_split(string content, string expected)
    {
        Assert.Equal($"{expected}\n= end_turn", await Blocks([content]));
        Assert.Equal($"{expected}\n= end_turn", await Blocks([.. content.EnumerateRunes().Select(rune => rune.ToString())]));
        for (var at = 1; at < content.Length; at++)
        {
            if (!char.IsLowSurrogate(content[at])) Assert.Equal($"{expected}\n= end_turn", await Blocks([content[..at], content[at..]]));
        }

        static Task<string> Blocks(string[] pieces) => new OpenAiTranslation(ThinkingAndTools).BlocksAsync(Sse([.. pieces.Select(Text), Last()]));
    }

    [Fact]
    public async Task Tags_are_text_where_the_server_parses_them()
    {
        var plain = new OpenAiTranslation(ThinkingAndTools);
        var parsing = new OpenAiTranslation(ThinkingAndTools) { Terms = plain.Terms with { ReadsThinkTags = false } };
        Assert.Equal("text: <think>x</think>\n= end_turn", await parsing.BlocksAsync(Sse(Text("<think>x</think>"), Last())));
    }

    [Fact]
    public async Task Pieces_of_details_make_one_signature_before_the_text()
    {
        var translation = new OpenAiTranslation(ThinkingAndTools);
        var blocks = await translation.BlocksAsync(Sse(
            Delta("""  "reasoning":"Hm ","reasoning_details":[{"type":"reasoning.text","text":"Hm ","format":"anthropic-claude-v1","index":0}]"""),
            Delta("""  "reasoning":"so.","reasoning_details":[{"type":"reasoning.text","text":"so.","format":"anthropic-claude-v1","index":0}]"""),
            Delta("""  "reasoning_details":[{"type":"reasoning.text","signature":"SIG","format":"anthropic-claude-v1","index":0}]"""),
            Delta("""  "reasoning_details":[{"type":"reasoning.encrypted","data":"ABC","id":"r1","format":"openai-responses-v1","index":1}]"""),
            Text("x"),
            Last()));
        Assert.Equal("thinking: Hm so.\ntext: x\n= end_turn", blocks);
        Assert.Equal(
            ["""details:[{"type":"reasoning.text","format":"anthropic-claude-v1","index":0,"signature":"SIG","text":"Hm so."},{"type":"reasoning.encrypted","id":"r1","format":"openai-responses-v1","index":1,"data":"ABC"}]"""],
            translation.Signatures);
    }

    [Fact]
    public async Task Details_alone_are_shown_too()
    {
        var translation = new OpenAiTranslation(ThinkingAndTools);
        Assert.Equal("thinking: Hm.\nNow(a) {}\n= tool_use", await translation.BlocksAsync(Sse(
            Delta("""  "reasoning_details":[{"type":"reasoning.summary","summary":"Hm.","index":0}]"""), ChatAnswerTests.Piece("0", "a", "Now", "{}"), Last("tool_calls"))));
        Assert.Equal(["""details:[{"type":"reasoning.summary","index":0,"summary":"Hm."}]"""], translation.Signatures);
    }

    [Fact]
    public async Task A_client_that_does_not_ask_for_thinking_gets_only_what_nobody_can_make_anew()
    {
        var unsigned = new OpenAiTranslation();
        Assert.Equal("text: x\n= end_turn", await unsigned.BlocksAsync(Sse(Delta("""  "reasoning":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm","index":0}]"""), Text("x"), Last())));
        var sealedOne = new OpenAiTranslation();
        Assert.Equal("thinking: \ntext: x\n= end_turn", await sealedOne.BlocksAsync(Sse(Delta("""  "reasoning_details":[{"type":"reasoning.encrypted","data":"ABC","index":0}]"""), Text("x"), Last())));
    }
}
