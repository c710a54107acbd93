using System.Text;
using Dragoman.Replies;
using static Dragoman.Tests.Providers.OpenAi.OpenAiTranslation;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>How answers end, well or not.</summary>
public sealed class EndingTests
{
    [Theory]
    [InlineData("stop", "end_turn")]
    [InlineData("eos", "end_turn")]
    [InlineData("length", "max_tokens")]
    [InlineData("model_length", "model_context_window_exceeded")]
    [InlineData("content_filter", "refusal")]
    [InlineData("sensitive", "refusal")]
    public async Task Reasons_are_told_in_anthropic_s_words(string reason, string expected) =>
        Assert.Equal($"text: x\n= {expected}", await new OpenAiTranslation().BlocksAsync(Sse(Text("x"), Last(reason))));

    [Theory]
    [InlineData("error", UpstreamErrorKind.Broken)]
    [InlineData("network_error", UpstreamErrorKind.Broken)]
    [InlineData("insufficient_system_resource", UpstreamErrorKind.Overloaded)]
    public async Task Reasons_that_are_failures_are_no_answers(string reason, object kind)
    {
        var translation = new OpenAiTranslation();
        await translation.StreamAsync(Sse(Text("x"), Last(reason)));
        Assert.Equal(kind, translation.Failure!.Kind);
    }

    [Fact]
    public async Task A_refusal_is_shown_and_told()
    {
        var translation = new OpenAiTranslation();
        Assert.Equal("text: I can't do that.\n= refusal", await translation.BlocksAsync(Sse(Delta("\"refusal\":\"I can't \""), Delta("\"refusal\":\"do that.\""), Last())));
        Assert.Equal("I can't do that.", translation.Finish!.RefusalExplanation);
    }

    [Fact]
    public async Task A_full_context_is_not_the_client_s_limit()
    {
        var plain = new OpenAiTranslation();
        var full = new OpenAiTranslation { Terms = plain.Terms with { ContextTokens = 512 } };
        Assert.Equal("text: x\n= model_context_window_exceeded", await full.BlocksAsync(Sse(Text("x"), Last("length", "{\"prompt_tokens\":500,\"completion_tokens\":12}"))));
        var own = new OpenAiTranslation { Terms = plain.Terms with { ContextTokens = 512, MaxTokens = 12 } };
        Assert.Equal("text: x\n= max_tokens", await own.BlocksAsync(Sse(Text("x"), Last("length", "{\"prompt_tokens\":500,\"completion_tokens\":12}"))));
    }

    [Theory]
    [InlineData("END", "a", "b ENDc", "text: ab ")]
    [InlineData("END", "aEN", "Db", "text: a")]
    [InlineData("END", "a", "EN", "text: aEN")]
    public async Task Stop_sequences_are_watched_for(string stop, string first, string second, string expected)
    {
        var translation = new OpenAiTranslation($"\"stop_sequences\":[\"{stop}\"],");
        var blocks = await translation.BlocksAsync(Sse(Text(first), Text(second), Last()));
        var isHit = (first + second).Contains(stop, StringComparison.Ordinal);
        Assert.Equal($"{expected}\n= {(isHit ? "stop_sequence" : "end_turn")}", blocks);
        Assert.Equal(isHit ? stop : null, translation.Finish!.StopSequence);
    }

    [Fact]
    public async Task A_server_that_names_the_sequence_is_believed()
    {
        var translation = new OpenAiTranslation("\"stop_sequences\":[\"END\"],");
        await translation.StreamAsync(Sse(Text("a"), """{"choices":[{"index":0,"delta":{},"finish_reason":"stop","stop_reason":"END"}]}"""));
        Assert.Equal("END", translation.Finish!.StopSequence);
    }

    [Theory]
    [InlineData("""{"error":{"message":"slow down","type":"rate_limit_error"}}""", UpstreamErrorKind.RateLimited)]
    [InlineData("""{"error":{"message":"slow down","code":429}}""", UpstreamErrorKind.RateLimited)]
    [InlineData("""{"id":"x","error":{"code":502,"message":"Provider returned error"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}""", UpstreamErrorKind.Broken)]
    [InlineData("""{"error":"out of memory"}""", UpstreamErrorKind.Broken)]
    [InlineData("""{"object":"error","message":"This model's maximum context length is 10 tokens. However, your messages resulted in 20 tokens.","type":"BadRequestError","code":400}""", UpstreamErrorKind.ContextOverflow)]
    [InlineData("""{"error":{"message":"Overloaded","type":"overloaded_error"}}""", UpstreamErrorKind.Overloaded)]
    public async Task An_error_in_the_middle_is_one(string error, object kind)
    {
        foreach (var body in (byte[][])[Unterminated(Text("so far"), error), Sse(Text("so far"), error), [.. Unterminated(Text("so far")), .. Encoding.UTF8.GetBytes(error)]])
        {
            var translation = new OpenAiTranslation();
            var blocks = await translation.BlocksAsync(body);
            Assert.StartsWith("text: so far\n! ", blocks, StringComparison.Ordinal);
            Assert.Equal(kind, translation.Failure!.Kind);
        }
    }

    [Theory]
    [InlineData("", "ended without an end")]
    [InlineData(": keep-alive\n\n: keep-alive\n\n", "ended without an end")]
    [InlineData("<!doctype html><html></html>", "a web page")]
    [InlineData("\n\n<html></html>", "a web page")]
    [InlineData("Internal Server Error", "\"Internal Server Error\"")]
    [InlineData("event: error\ndata: upstream connect error\n\n", "\"upstream connect error\"")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"x", "in the middle of a chunk")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"x\"", "in the middle of a chunk")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n", "ended without an end")]
    [InlineData("data: {\"choices\":}\n\n", "not the OpenAI API's format")]
    public async Task What_is_no_answer_is_an_error_that_says_so(string body, string expected)
    {
        var translation = new OpenAiTranslation();
        await translation.StreamAsync(Encoding.UTF8.GetBytes(body));
        Assert.Equal(UpstreamErrorKind.Broken, translation.Failure!.Kind);
        Assert.Contains(expected, translation.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_break_after_the_ending_breaks_nothing()
    {
        byte[] answer = [.. Unterminated(Text("x"), Last()), .. "data: {\"choices\":[],\"usa"u8];
        Assert.Equal("text: x\n= end_turn", await new OpenAiTranslation().BlocksAsync(answer));
    }

    [Fact]
    public async Task A_whole_body_is_read_although_a_stream_was_asked_for()
    {
        const string body = """
            {
              "id": "x", "object": "chat.completion",
              "choices": [ { "index": 0, "finish_reason": "tool_calls", "message": { "role": "assistant", "content": "I look.", "reasoning_content": "Hm.",
                "tool_calls": [ { "id": "a", "type": "function", "function": { "name": "Bash", "arguments": "{\"command\": \"x\"}" } }, { "id": "b", "type": "function", "function": { "name": "Now", "arguments": "{}" } } ] } } ],
              "usage": { "prompt_tokens": 12, "completion_tokens": 3 }
            }
            """;
        var translation = new OpenAiTranslation(ThinkingAndTools);
        Assert.Equal("thinking: Hm.\ntext: I look.\nBash(a) {\"command\": \"x\"}\nNow(b) {}\n= tool_use", await translation.BlocksAsync(Encoding.UTF8.GetBytes(body), 7));
        Assert.Equal(12, translation.Finish!.Usage.InputTokens);
    }

    [Fact]
    public async Task Warming_the_cache_shows_nothing()
    {
        var translation = new OpenAiTranslation(maxTokens: 0);
        Assert.Equal("= max_tokens", await translation.BlocksAsync(Sse(Text("x"), Last("length", "{\"prompt_tokens\":12,\"completion_tokens\":1}"))));
        Assert.Equal((12, 0), (translation.Finish!.Usage.InputTokens, translation.Finish.Usage.OutputTokens));
    }
}
