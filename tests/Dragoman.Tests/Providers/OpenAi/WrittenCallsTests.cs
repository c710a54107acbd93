using static Dragoman.Tests.Providers.OpenAi.OpenAiTranslation;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>Tool calls that stand in the text, because the server doesn't know the model's notation.</summary>
public sealed class WrittenCallsTests
{
    [Theory]
    [InlineData("<tool_call>\n{\"name\": \"Bash\", \"arguments\": {\"command\": \"a\"}}\n</tool_call>", "Bash(toolu_1) {\"command\": \"a\"}")]
    [InlineData("I look.\n<tool_call>{\"name\":\"Bash\",\"arguments\":{\"command\":\"a\"}}</tool_call>\n<tool_call>{\"name\":\"Now\",\"arguments\":{}}</tool_call>", "text: I look.\n\nBash(toolu_1) {\"command\":\"a\"}\nNow(toolu_2) {}")]
    [InlineData("<tool_call>\n<function=Bash>\n<parameter=command>\nls -l\n</parameter>\n<parameter=timeout>\n5\n</parameter>\n</function>\n</tool_call>", "Bash(toolu_1) {\"command\":\"ls -l\",\"timeout\":5}")]
    [InlineData("<function=Bash><parameter=command>a < b</parameter></function>", "Bash(toolu_1) {\"command\":\"a < b\"}")]
    [InlineData("<tool_call>Bash\n<arg_key>command</arg_key>\n<arg_value>a</arg_value>\n<arg_key>timeout</arg_key>\n<arg_value>5</arg_value>\n</tool_call>", "Bash(toolu_1) {\"command\":\"a\",\"timeout\":5}")]
    [InlineData("<|tool_calls_section_begin|><|tool_call_begin|>functions.Bash:0<|tool_call_argument_begin|>{\"command\":\"a\"}<|tool_call_end|><|tool_calls_section_end|>", "Bash(toolu_1) {\"command\":\"a\"}")]
    [InlineData("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>Bash<｜tool▁sep｜>{\"command\":\"a\"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>", "Bash(toolu_1) {\"command\":\"a\"}")]
    [InlineData("[TOOL_CALLS]Bash{\"command\":\"a\"}[TOOL_CALLS]Now{}", "Bash(toolu_1) {\"command\":\"a\"}\nNow(toolu_2) {}")]
    [InlineData("[TOOL_CALLS][{\"name\":\"Bash\",\"arguments\":{\"command\":\"a\"}}]", "Bash(toolu_1) {\"command\":\"a\"}")]
    [InlineData("<|python_tag|>{\"name\": \"Bash\", \"parameters\": {\"command\": \"a\"}}", "Bash(toolu_1) {\"command\": \"a\"}")]
    [InlineData("<tool_call>{\"name\":\"Bash\",\"arguments\":{\"command\":\"a\"}}</tool_call>\nThat lists all.", "text: That lists all.\nBash(toolu_1) {\"command\":\"a\"}")]
    [InlineData("<tool_call>{\"name\":\"Unknown\",\"arguments\":{}}</tool_call>", "text: <tool_call>{\"name\":\"Unknown\",\"arguments\":{}}</tool_call>")]
    [InlineData("Write <tool_call> and then JSON.", "text: Write <tool_call> and then JSON.")]
    [InlineData("a <b> c [d] <tool", "text: a <b> c [d] <tool")]
    public async Task Calls_in_the_text_are_called(string content, string expected)
    {
        var isCall = expected.Contains("(toolu_", StringComparison.Ordinal);
        Assert.Equal($"{expected}\n= {(isCall ? "tool_use" : "end_turn")}", await Blocks(content));
        Assert.Equal($"{expected}\n= {(isCall ? "tool_use" : "end_turn")}", await Blocks([.. content.EnumerateRunes().Select(rune => rune.ToString())]));
    }

    [Fact]
    public async Task A_cut_off_call_in_the_text_is_not_called()
    {
        var answer = Sse(Text("<tool_call>{\"name\":\"Bash\",\"arguments\":{\"command\":\"a\"}}"), Last("length"));
        Assert.Equal("= max_tokens", (await new OpenAiTranslation(ThinkingAndTools).BlocksAsync(answer)).Split('\n')[^1]);
    }

    [Fact]
    public async Task Without_tools_it_is_text() =>
        Assert.Equal("text: <tool_call>{}</tool_call>\n= end_turn", await new OpenAiTranslation().BlocksAsync(Sse(Text("<tool_call>{}</tool_call>"), Last())));

    private static Task<string> Blocks(params string[] pieces) => new OpenAiTranslation(ThinkingAndTools).BlocksAsync(Sse([.. pieces.Select(Text), Last()]));
}
