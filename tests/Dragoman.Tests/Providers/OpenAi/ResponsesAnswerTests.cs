using System.Text;
using Dragoman.Providers.OpenAi;
using Dragoman.Replies;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>Answers of <c>/responses</c>.</summary>
public sealed class ResponsesAnswerTests
{
    private const string Reasoning = """{"id":"rs_1","type":"reasoning","encrypted_content":"gAAA","summary":[{"type":"summary_text","text":"Hm."}]}""";
    private const string CallItem = """{"id":"fc_1","type":"function_call","status":"completed","arguments":"{\"command\":\"x\"}","call_id":"call_1","name":"Bash"}""";

    [Fact]
    public async Task Reasoning_text_and_calls_come_through()
    {
        var translation = New();
        var blocks = await translation.BlocksAsync(Events(
            """{"type":"response.created","response":{"id":"r","object":"response","status":"in_progress","output":[],"error":null}}""",
            """{"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}}""",
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"Hm."}""",
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"So."}""",
            $$"""{"type":"response.output_item.done","output_index":0,"item":{{Reasoning}}}""",
            """{"type":"response.output_text.delta","output_index":1,"delta":"Grüße "}""",
            """{"type":"response.output_text.delta","output_index":1,"delta":"👋"}""",
            """{"type":"response.output_item.done","output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":"Grüße 👋"}]}}""",
            """{"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"com"}""",
            $$"""{"type":"response.output_item.done","output_index":2,"item":{{CallItem}}}""",
            Completed()));
        Assert.Equal("thinking: Hm.\n\nSo.\ntext: Grüße 👋\nBash(call_1) {\"command\":\"x\"}\n= tool_use", blocks);
        Assert.Equal([SealedReasoning.EncryptedPrefix + Reasoning], translation.Signatures);
        var usage = translation.Finish!.Usage;
        Assert.Equal((8, 4, 20, 7), (usage.InputTokens, usage.CacheReadTokens, usage.OutputTokens, usage.ThinkingTokens));
    }

    [Fact]
    public async Task Items_that_had_no_deltas_are_taken_from_their_end_or_from_the_whole()
    {
        var message = """{"type":"message","content":[{"type":"output_text","text":"x"}]}""";
        const string expected = "thinking: Hm.\ntext: x\nBash(call_1) {\"command\":\"x\"}\n= tool_use";
        Assert.Equal(expected, await New().BlocksAsync(Events(
            $$"""{"type":"response.output_item.done","output_index":0,"item":{{Reasoning}}}""",
            $$"""{"type":"response.output_item.done","output_index":1,"item":{{message}}}""",
            $$"""{"type":"response.output_item.done","output_index":2,"item":{{CallItem}}}""",
            Completed($"{Reasoning},{message},{CallItem}"))));
        Assert.Equal(expected, await New().BlocksAsync(Events(Completed($"{Reasoning},{message},{CallItem}"))));
        var whole = $$"""{"id":"r","object":"response","status":"completed","error":null,"output":[{{Reasoning}},{{message}},{{CallItem}}],"usage":{"input_tokens":12,"output_tokens":3} }""";
        Assert.Equal(expected, await New().BlocksAsync(Encoding.UTF8.GetBytes(whole), 9));
    }

    [Theory]
    [InlineData("""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[]}}""", "max_tokens")]
    [InlineData("""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}}""", "refusal")]
    [InlineData("""{"type":"response.completed","response":{"status":"completed","output":[]}}""", "end_turn")]
    public async Task Endings_are_told(string ending, string expected) =>
        Assert.Equal($"text: x\n= {expected}", await New().BlocksAsync(Events("""{"type":"response.output_text.delta","output_index":0,"delta":"x"}""", ending)));

    [Fact]
    public async Task A_cut_off_call_is_never_closed()
    {
        const string cut = """{"id":"fc_1","type":"function_call","status":"incomplete","arguments":"{\"command\":\"rm -rf","call_id":"call_1","name":"Bash"}""";
        var blocks = await New().BlocksAsync(Events(
            """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"command\":\"rm -rf"}""",
            $$"""{"type":"response.output_item.done","output_index":0,"item":{{cut}}}""",
            $$"""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{{cut}}]} }"""));
        Assert.Equal("= max_tokens", blocks);
    }

    [Fact]
    public async Task A_refusal_is_shown_and_told()
    {
        var translation = New();
        Assert.Equal("text: No.\n= refusal", await translation.BlocksAsync(Events("""{"type":"response.refusal.delta","output_index":0,"delta":"No."}""", Completed())));
        Assert.Equal("No.", translation.Finish!.RefusalExplanation);
    }

    [Theory]
    [InlineData("""{"type":"error","code":"rate_limit_exceeded","message":"slow down","param":null}""", UpstreamErrorKind.RateLimited, "slow down")]
    [InlineData("""{"type":"error","error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"Your input exceeds the context window of this model."}}""", UpstreamErrorKind.ContextOverflow, "prompt is too long")]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"it broke"}}}""", UpstreamErrorKind.Broken, "it broke")]
    [InlineData("""{"object":"response","status":"failed","error":{"code":"server_error","message":"it broke"},"output":[]}""", UpstreamErrorKind.Broken, "it broke")]
    public async Task Failures_are_told(string failure, object kind, string words)
    {
        var translation = New();
        await translation.StreamAsync(Events("""{"type":"response.output_text.delta","output_index":0,"delta":"x"}""", failure));
        Assert.Equal(kind, translation.Failure!.Kind);
        Assert.Contains(words, translation.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_without_its_end_is_no_answer()
    {
        var translation = New();
        await translation.StreamAsync(Events("""{"type":"response.output_text.delta","output_index":0,"delta":"x"}"""));
        Assert.Equal(UpstreamErrorKind.Broken, translation.Failure!.Kind);
    }

    private static OpenAiTranslation New() => new(OpenAiTranslation.ThinkingAndTools, OpenAiApi.Responses);

    private static byte[] Events(params string[] events) => Encoding.UTF8.GetBytes(string.Concat(events.Select(data => $"event: x\ndata: {data}\n\n")));

    private static string Completed(string output = "") =>
        $$$"""{"type":"response.completed","response":{"id":"r","object":"response","status":"completed","error":null,"incomplete_details":null,"output":[{{{output}}}],"usage":{"input_tokens":12,"input_tokens_details":{"cached_tokens":4},"output_tokens":20,"output_tokens_details":{"reasoning_tokens":7},"total_tokens":32} } }""";
}
