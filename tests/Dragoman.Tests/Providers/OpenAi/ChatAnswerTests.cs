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

    /// <summary>Pieces of calls as servers send them, and what the client must see.</summary>
    public static TheoryData<string, string[], string> Calls => new()
    {
        { "by index", [Piece("0", "a", "Bash", "{\"comm"), Piece("0", null, null, "and\":\"x\"}")], "Bash(a) {\"command\":\"x\"}" },
        { "whole", [Piece("0", "a", "Bash", "{\"command\":\"x\"}")], "Bash(a) {\"command\":\"x\"}" },
        { "object", [Call("""{"index":0,"id":"a","function":{"name":"Bash","arguments":{"command":"x"}}}""")], "Bash(a) {\"command\":\"x\"}" },
        { "ids missing", [Piece("0", null, "Bash", ""), Piece("0", null, null, "{\"command\":\"x\"}")], "Bash(toolu_1) {\"command\":\"x\"}" },
        { "ids and names repeated", [Piece("0", "a", "Bash", ""), Piece("0", "a", "Bash", "{\"command\""), Piece("0", "a", "Bash", ":\"x\"}")], "Bash(a) {\"command\":\"x\"}" },
        { "ids changing", [Piece("0", "a", "Bash", ""), Piece("0", "b", null, "{\"command\""), Piece("0", "c", null, ":\"x\"}")], "Bash(a) {\"command\":\"x\"}" },
        { "ids changing, names repeated", [Piece("0", "a", "Bash", ""), Piece("0", "b", "Bash", "{\"command\""), Piece("0", "c", "Bash", ":\"x\"}")], "Bash(a) {\"command\":\"x\"}" },
        { "interleaved", [Piece("0", "a", "Bash", ""), Piece("1", "b", "Bash", ""), Piece("0", null, null, "{\"command\":"), Piece("1", null, null, "{\"command\":\"y\"}"), Piece("0", null, null, "\"x\"}")], "Bash(a) {\"command\":\"x\"}\nBash(b) {\"command\":\"y\"}" },
        { "indices missing", [Piece(null, "a", "Bash", "{\"command\":"), Piece(null, null, null, "\"x\"}"), Piece(null, "b", "Bash", ""), Piece(null, null, null, "{\"command\":\"y\"}")], "Bash(a) {\"command\":\"x\"}\nBash(b) {\"command\":\"y\"}" },
        { "all indices 0", [Piece("0", "a", "Bash", "{\"command\":\"x\"}"), Piece("0", "b", "Bash", "{\"command\":\"y\"}")], "Bash(a) {\"command\":\"x\"}\nBash(b) {\"command\":\"y\"}" },
        { "all indices 0, no ids", [Piece("0", null, "Bash", "{\"command\":\"x\"}"), Piece("0", null, "Bash", "{\"command\":\"y\"}")], "Bash(toolu_1) {\"command\":\"x\"}\nBash(toolu_2) {\"command\":\"y\"}" },
        { "two of no arguments", [Piece("0", "a", "Now", ""), Piece("1", "b", "Now", "{}")], "Now(a) {}\nNow(b) {}" },
        { "one id for two calls", [Piece("0", "a", "Now", "{}"), Piece("1", "a", "Now", "{}")], "Now(a) {}\nNow(toolu_1) {}" },
        { "an empty object first", [Piece("0", "a", "Bash", "{}"), Piece("0", null, null, "{\"command\":"), Piece("0", null, null, "\"x\"}")], "Bash(a) {\"command\":\"x\"}" },
        { "all of it once more at the end", [Piece("0", "a", "Bash", "{\"command\":"), Piece("0", null, null, "\"x\"}"), Piece("0", null, null, "{\"command\":\"x\"}")], "Bash(a) {\"command\":\"x\"}" },
        { "a name in pieces", [Piece("0", "a", "Ba", ""), Piece("0", null, "sh", ""), Piece("0", null, null, "{\"command\":\"x\"}")], "Bash(a) {\"command\":\"x\"}" },
        { "an empty name later", [Piece("0", "a", "Bash", ""), Piece("0", null, "", "{\"command\":\"x\"}")], "Bash(a) {\"command\":\"x\"}" },
        { "indices that begin at 1", [Piece("1", "a", "Bash", "{\"command\":\"x\"}")], "Bash(a) {\"command\":\"x\"}" },
        { "half a surrogate pair a piece", [Piece("0", "a", "Bash", "{\"command\":\""), Call("""{"index":0,"function":{"arguments":"\ud83d"}}"""), Call("""{"index":0,"function":{"arguments":"\ude00\"}"}}""")], "Bash(a) {\"command\":\"😀\"}" },
        { "the old function_call", [Delta("\"function_call\":{\"name\":\"Bash\",\"arguments\":\"\"}"), Delta("\"function_call\":{\"arguments\":\"{\\\"command\\\":\\\"x\\\"}\"}")], "Bash(toolu_1) {\"command\":\"x\"}" },
        { "a type that doesn't fit", [Piece("0", "a", "Bash", "{\"command\":\"x\",\"timeout\":\"5\"}")], "Bash(a) {\"command\":\"x\",\"timeout\":5}" },
        { "damaged", [Piece("0", "a", "Bash", "{'command': 'x',}")], "Bash(a) {\"command\":\"x\"}" },
        { "ids that the client's API refuses", [Piece("0", "functions.Bash:0", "Bash", "{\"command\":\"x\"}")], "Bash(toolu_1) {\"command\":\"x\"}" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Calls_are_put_together_from_whatever_pieces(string oddity, string[] pieces, string expected)
    {
        Assert.NotEmpty(oddity);
        foreach (var reason in (string[])["tool_calls", "stop", "function_call"])
        {
            Assert.Equal($"{expected}\n= tool_use", await new OpenAiTranslation(ThinkingAndTools).BlocksAsync(Sse([.. pieces, Last(reason)])));
        }

        // The same without [DONE], and with it but without a reason.
        Assert.Equal($"{expected}\n= tool_use", await new OpenAiTranslation(ThinkingAndTools).BlocksAsync(Unterminated([.. pieces, Last("tool_calls")])));
        Assert.Equal($"{expected}\n= tool_use", await new OpenAiTranslation(ThinkingAndTools).BlocksAsync(Sse(pieces)));
    }

    [Fact]
    public async Task A_call_that_was_cut_off_is_never_closed()
    {
        string[] pieces = [Text("I look."), Piece("0", "a", "Bash", "{\"command\":\"one\"}"), Piece("1", "b", "Bash", "{\"command\":\"rm -rf /tmp")];
        Assert.Equal("text: I look.\nBash(a) {\"command\":\"one\"}\n= tool_use", await new OpenAiTranslation(ThinkingAndTools).BlocksAsync(Sse([.. pieces, Last("length")])));
        foreach (var broken in (byte[][])[
            Unterminated(pieces),
            Unterminated([.. pieces, "{\"error\":{\"message\":\"out of memory\"}}"]),
            [.. Unterminated(pieces), .. "data: {\"choices\":[{\"del"u8],
            [.. Unterminated(pieces), .. "data: upstream connect error\n\n"u8],
            Sse([.. pieces, Last("error")]),
        ])
        {
            var translation = new OpenAiTranslation(ThinkingAndTools);
            var blocks = await translation.BlocksAsync(broken);
            Assert.Contains("Bash(a)", blocks, StringComparison.Ordinal);
            Assert.DoesNotContain("rm -rf", blocks, StringComparison.Ordinal);
            Assert.Equal(Dragoman.Replies.UpstreamErrorKind.Broken, translation.Failure!.Kind);
        }
    }

    [Fact]
    public async Task What_comes_behind_a_call_that_has_left_makes_no_other()
    {
        string[] pieces = [Piece("0", "a", "Bash", "{\"command\":\"x\"}"), Piece("1", "b", "Now", "{}"), Piece("0", "a", "Bash", ""), Piece("0", null, null, " ")];
        Assert.Equal("Bash(a) {\"command\":\"x\"}\nNow(b) {}\n= tool_use", await new OpenAiTranslation(ThinkingAndTools).BlocksAsync(Sse([.. pieces, Last("tool_calls")])));
    }

    [Fact]
    public async Task No_second_call_where_the_client_wants_one_at_a_time()
    {
        var fields = ThinkingAndTools + "\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":true},";
        Assert.Equal("Now(a) {}\n= tool_use", await new OpenAiTranslation(fields).BlocksAsync(Sse(Piece("0", "a", "Now", "{}"), Piece("1", "b", "Now", "{}"), Last("tool_calls"))));
    }

    [Fact]
    public async Task Text_between_calls_keeps_its_place()
    {
        var blocks = await new OpenAiTranslation(ThinkingAndTools).BlocksAsync(Sse(Text("a"), Piece("0", "a", "Bash", "{\"command\":\"x\"}"), Delta("\"content\":\"\""), Text("b"), Piece("1", "b", "Now", ""), Last("tool_calls")));
        Assert.Equal("text: a\nBash(a) {\"command\":\"x\"}\ntext: b\nNow(b) {}\n= tool_use", blocks);
    }

    /// <summary>An index, an id, a name and arguments, each of which may be missing.</summary>
    internal static string Piece(string? index, string? id, string? name, string arguments)
    {
        var fields = new List<string>();
        if (index is not null) fields.Add($"\"index\":{index}");
        if (id is not null) fields.Add($"\"id\":\"{id}\"");
        fields.Add($"\"function\":{{{(name is null ? "" : $"\"name\":\"{name}\",")}\"arguments\":{System.Text.Json.JsonSerializer.Serialize(arguments)}}}");
        return Call($"{{{string.Join(',', fields)}}}");
    }
}
