using static Dragoman.Tests.Providers.OpenAi.OpenAiTranslation;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>Answers of <c>/chat/completions</c> with what servers are known to do differently.</summary>
public sealed class ChatAnswerTests
{
    [Fact]
    public async Task Text_and_counts_come_through()
    {
        var translation = new OpenAiTranslation();
        var blocks = await translation.BlocksAsync(Sse(Delta("\"role\":\"assistant\",\"content\":\"\""), Text("Grüße "), Text("👋\n"), Last(), Usage("\"prompt_tokens\":12,\"completion_tokens\":3,\"prompt_tokens_details\":{\"cached_tokens\":5}")));
        Assert.Equal("text: Grüße 👋\n\n= end_turn", blocks);
        Assert.Equal((7, 5, 3), (translation.Finish!.Usage.InputTokens, translation.Finish.Usage.CacheReadTokens, translation.Finish.Usage.OutputTokens));
    }

    [Theory]
    [InlineData("{\"prompt_tokens\":9,\"completion_tokens\":12,\"completion_tokens_details\":{\"reasoning_tokens\":7},\"total_tokens\":21}", 9, 0, 12, 7)]
    [InlineData("{\"prompt_tokens\":307,\"completion_tokens\":26,\"total_tokens\":560,\"prompt_tokens_details\":{\"cached_tokens\":306},\"completion_tokens_details\":{\"reasoning_tokens\":227}}", 1, 306, 253, 227)]
    [InlineData("{\"prompt_tokens\":13,\"completion_tokens\":4,\"prompt_cache_hit_tokens\":8,\"prompt_cache_miss_tokens\":5}", 5, 8, 4, null)]
    [InlineData("{\"prompt_tokens\":13,\"completion_tokens\":4,\"cached_tokens\":3}", 10, 3, 4, null)]
    [InlineData("null", PromptTokens, 0, 1, null)]
    public async Task Counts_are_read_wherever_they_stand(string usage, int input, int cached, int output, int? thinking)
    {
        foreach (var chunks in (string[][])[
            [Text("x"), $$$"""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{{{usage}}}}"""],
            [Text("x"), $$$"""{"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{{{usage}}}}]}"""],
            [Text("x"), Last(), $$$"""{"choices":[],"usage":{{{usage}}}}"""],
            [Text("x"), $$$"""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"r","usage":{{{usage}}}}}"""],
            [$$$"""{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":{{{usage}}}}"""],
        ])
        {
            var translation = new OpenAiTranslation();
            await translation.StreamAsync(Sse(chunks));
            var real = translation.Finish!.Usage;
            Assert.Equal((input, cached, output, thinking), (real.InputTokens, real.CacheReadTokens, real.OutputTokens, real.ThinkingTokens));
        }
    }
}
