using System.Text.Json;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.Tests.EndToEnd.Gemini;

/// <summary>Answers of every kind, good and bad, through the whole gateway.</summary>
public sealed class GeminiEndToEndTests
{
    private const string Stream = ",\"stream\":true";
    private static readonly string Hello = GeminiWorld.Ask("hello", Stream);

    [Theory(Timeout = 60_000)]
    [InlineData(ApiFlavour.GeminiApi)]
    [InlineData(ApiFlavour.VertexExpress)]
    [InlineData(ApiFlavour.Vertex)]
    public async Task Streams_text_with_the_real_counts(ApiFlavour flavour)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.InTurn(new GeminiReply().Text("Grüße aus 東京 👋 <b>").Usage(prompt: 100, cached: 30, candidates: 7, thoughts: 5)), flavour);
        var events = await world.StreamAsync(Hello);
        Assert.Equal("Grüße aus 東京 👋 <b>", SseEvent.Text(events));
        Assert.Equal("end_turn", SseEvent.StopReason(events));
        var usage = events.Single(step => step.Type == "message_delta").Data.GetProperty("usage");
        Assert.Equal((70, 30, 12), (usage.GetProperty("input_tokens").GetInt32(), usage.GetProperty("cache_read_input_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32()));
        // A key is never part of an address.
        Assert.All(world.Gemini.Requests, request => Assert.DoesNotContain("key=", request.Path, StringComparison.Ordinal));
        Assert.Equal(flavour == ApiFlavour.Vertex ? 1 : 0, world.Gemini.IssuedTokens);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task However_the_bytes_are_split_and_framed_the_answer_is_the_same(int seed, bool array)
    {
        await using var world = await GeminiWorld.StartAsync(new GeminiScenario
        {
            Reply = _ => new GeminiReply().Thought("denkt 👋").Text("Grüße 👋 aus 東京").Call("get", """{"ä":"ö👋"}"""),
            SplitSeed = seed,
            IgnoresAlt = array,
            CountsAtEndOnly = true,
        });
        var events = await world.StreamAsync(GeminiWorld.Ask("hello", Stream + ""","thinking":{"type":"adaptive","display":"summarized"},"tools":[{"name":"get","input_schema":{"type":"object"}}]"""));
        Assert.Equal("denkt 👋", SseEvent.Text(events, "thinking"));
        Assert.Equal("Grüße 👋 aus 東京", SseEvent.Text(events));
        Assert.Equal("""{"ä":"ö👋"}""", SseEvent.Text(events, "partial_json"));
        Assert.Equal("tool_use", SseEvent.StopReason(events));
    }

    [Fact(Timeout = 60_000)]
    public async Task While_the_model_is_silent_the_client_gets_pings()
    {
        var gate = new TaskCompletionSource();
        await using var world = await GeminiWorld.StartAsync(
            GeminiScenario.Always(() => new GeminiReply().WaitFor(gate.Task).Text("late")), configure: options => (options.FirstEventGraceSeconds, options.PingIntervalSeconds) = (0.05, 0.05));
        using var response = await world.AskAsync(Hello);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = "";
        while (!seen.Contains("event: ping", StringComparison.Ordinal)) seen += await reader.ReadLineAsync() + "\n";
        gate.SetResult();
        Assert.Contains("late", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task When_the_client_goes_the_upstreams_request_ends_at_once()
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Always(() => new GeminiReply().Text("first").WaitFor(new TaskCompletionSource().Task)));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        (await world.AskAsync(Hello)).Dispose();
        await world.Gemini.WaitForOpenCallsAsync(0, limit.Token);
        Assert.Equal(1, world.Gemini.AbortedCalls);
    }

    public static TheoryData<string, GeminiReply> Fruitless => new()
    {
        { "malformed call", new GeminiReply().MalformedCall() },
        { "empty candidate", new GeminiReply().EmptyCandidate() },
        { "no candidates", new GeminiReply().NoCandidates() },
        { "unexpected call", new GeminiReply().Finish("UNEXPECTED_TOOL_CALL") },
        { "missing signature", new GeminiReply().Finish("MISSING_THOUGHT_SIGNATURE") },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Fruitless))]
    public async Task An_answer_that_is_none_is_asked_for_once_more(string kind, GeminiReply first)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.InTurn(first, new GeminiReply().Text("good")));
        var events = await world.StreamAsync(Hello);
        Assert.True(SseEvent.Text(events) == "good", kind);
        Assert.Equal([0, 1], world.Gemini.Calls.Select(call => call.Attempt));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_that_is_none_twice_is_an_error_that_says_so_or_empty()
    {
        await using (var malformed = await GeminiWorld.StartAsync(GeminiScenario.InTurn(new GeminiReply().MalformedCall())))
        {
            var (status, body) = await malformed.SendAsync(GeminiWorld.Ask("hello"));
            Assert.True(status >= 500, body.GetRawText());
            Assert.Contains("MALFORMED_FUNCTION_CALL", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal(2, malformed.Gemini.Calls.Count);
        }

        await using var empty = await GeminiWorld.StartAsync(GeminiScenario.InTurn(new GeminiReply().EmptyCandidate()));
        var events = await empty.StreamAsync(Hello);
        Assert.Equal("end_turn", SseEvent.StopReason(events));
        Assert.Equal(2, empty.Gemini.Calls.Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("SAFETY")]
    [InlineData("RECITATION")]
    [InlineData("PROHIBITED_CONTENT")]
    public async Task A_refusal_is_one(string reason)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.InTurn(new GeminiReply().Text("I begin").Finish(reason), new GeminiReply().Block(reason)));
        foreach (var text in new[] { "I begin", "" })
        {
            var events = await world.StreamAsync(Hello);
            Assert.Equal(text, SseEvent.Text(events));
            Assert.Equal("refusal", SseEvent.StopReason(events));
            Assert.Contains(reason, events.Single(step => step.Type == "message_delta").Data.GetProperty("delta").GetProperty("stop_details").GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_used_up_limit_is_told()
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.InTurn(new GeminiReply().RepeatText(9000)));
        Assert.Equal("max_tokens", SseEvent.StopReason(await world.StreamAsync(Hello)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ApiFlavour.GeminiApi)]
    [InlineData(ApiFlavour.Vertex)]
    public async Task A_prompt_that_does_not_fit_is_refused_with_the_real_numbers(ApiFlavour flavour)
    {
        var small = new SimulatedGeminiModel(GeminiWorld.Model, ThinkingControl.Level) { InputTokenLimit = 1000, Levels = ["MINIMAL", "LOW", "MEDIUM", "HIGH"] };
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent() with { Models = [small] }, flavour);
        var (status, body) = await world.SendAsync(GeminiWorld.Ask(new string('x', 40_000)));
        Assert.Equal(400, status);
        Assert.Matches(@"^prompt is too long: 100\d\d tokens > 1000 maximum$", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Failures_before_the_answer_have_their_status()
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.InTurn(
            new GeminiReply().Error(GoogleError.Quota(36.2)), new GeminiReply().Error(GoogleError.Exhausted), new GeminiReply().Error(GoogleError.Overloaded), new GeminiReply().Error(GoogleError.DeadlineExceeded)));
        using (var quota = await world.AskAsync(Hello))
        {
            Assert.Equal(429, (int)quota.StatusCode);
            Assert.Equal("37", quota.Headers.GetValues("retry-after").Single());
            var body = await quota.Content.ReadAsStringAsync();
            Assert.Contains("rate_limit_error", body, StringComparison.Ordinal);
            Assert.Contains("You exceeded your current quota", body, StringComparison.Ordinal);
        }

        foreach (var (expected, type) in new[] { (429, "rate_limit_error"), (529, "overloaded_error"), (504, "timeout_error") })
        {
            var (status, body) = await world.SendAsync(Hello);
            Assert.Equal((expected, type), (status, body.GetProperty("error").GetProperty("type").GetString()));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Failures_in_the_middle_are_error_events()
    {
        var arrived = new TaskCompletionSource();
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.InTurn(
            new GeminiReply().Text("begin").Error(GoogleError.Internal), new GeminiReply().Text("begin").EndWithoutFinish(), new GeminiReply().Text("begin").WaitFor(arrived.Task).Drop()));
        AssertFailed(await world.StreamAsync(Hello), "An internal error has occurred");
        AssertFailed(await world.StreamAsync(Hello), "ended without an end");
        // A reset throws away what is still on its way, so it waits until the text has arrived.
        using var response = await world.AskAsync(Hello);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = "";
        while (!seen.Contains("begin", StringComparison.Ordinal)) seen += await reader.ReadLineAsync() + "\n";
        arrived.SetResult();
        AssertFailed(SseEvent.ParseAll(seen + await reader.ReadToEndAsync()), "broke in the middle of the answer");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_wrong_key_says_where_there_are_good_ones()
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent(), configure: options =>
            options.Providers["gemini"] = JsonElement.Parse(options.Providers["gemini"].GetRawText().Replace("AIza-simulated", "AIza-wrong")));
        var (status, body) = await world.SendAsync(GeminiWorld.Ask("hello"));
        Assert.Equal(401, status);
        Assert.Equal("authentication_error", body.GetProperty("error").GetProperty("type").GetString());
        Assert.Contains("https://aistudio.google.com/apikey", body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("AIza-wrong", body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_token_that_was_revoked_is_replaced_without_the_client_noticing()
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent(), ApiFlavour.Vertex);
        await world.StreamAsync(Hello);
        world.Gemini.RevokeTokens();
        Assert.Equal("I am a simulated model. You said: hello", SseEvent.Text(await world.StreamAsync(Hello)));
        Assert.Equal(2, world.Gemini.IssuedTokens);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ApiFlavour.GeminiApi)]
    [InlineData(ApiFlavour.Vertex)]
    public async Task A_search_of_the_web_comes_as_its_blocks_and_citations(ApiFlavour flavour)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent(), flavour);
        var (status, body) = await world.SendAsync(GeminiWorld.Ask("Perform a web search for the query: dragoman", ""","tools":[{"type":"web_search_20250305","name":"web_search","max_uses":8}]"""));
        Assert.True(status == 200, body.GetRawText());
        var blocks = body.GetProperty("content").EnumerateArray().ToList();
        Assert.Equal("dragoman", blocks.Single(block => block.GetProperty("type").ValueEquals("server_tool_use")).GetProperty("input").GetProperty("query").GetString());
        var result = blocks.Single(block => block.GetProperty("type").ValueEquals("web_search_tool_result"));
        Assert.Equal(["https://one.example/page?q=1", "https://two.example/"], result.GetProperty("content").EnumerateArray().Select(page => page.GetProperty("url").GetString()));
        var texts = blocks.Where(block => block.GetProperty("type").ValueEquals("text")).ToList();
        Assert.Equal("Größtes über dragoman: the first page knows it. The second page agrees.", string.Concat(texts.Select(text => text.GetProperty("text").GetString())));
        Assert.Contains(texts, text => text.TryGetProperty("citations", out var citations) && citations is { ValueKind: JsonValueKind.Array } && citations.GetArrayLength() == 2);
        Assert.Equal(1, body.GetProperty("usage").GetProperty("server_tool_use").GetProperty("web_search_requests").GetInt32());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ApiFlavour.GeminiApi)]
    [InlineData(ApiFlavour.VertexExpress)]
    [InlineData(ApiFlavour.Vertex)]
    public async Task Tokens_are_counted_by_the_api(ApiFlavour flavour)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent(), flavour);
        const string tools = ""","tools":[{"name":"Bash","input_schema":{"type":"object","properties":{"command":{"type":"string","minLength":1}}}}],"system":"Be brief." """;
        var body = $$"""{"model":"{{GeminiWorld.Model}}"{{tools}},"messages":[{"role":"user","content":"{{new string('x', 4000)}}"}]}""";
        var (status, counted) = await world.SendAsync(body, "/v1/messages/count_tokens");
        Assert.True(status == 200, counted.GetRawText());
        Assert.InRange(counted.GetProperty("input_tokens").GetInt32(), 1001, 1200);
        Assert.Contains(world.Gemini.Requests, request => request.Path.EndsWith(":countTokens", StringComparison.Ordinal));
        Assert.Empty(world.Gemini.Refusals);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_count_that_fails_is_estimated()
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent() with { SideError = GoogleError.Internal });
        var (status, counted) = await world.SendAsync(GeminiWorld.Ask(new string('x', 4000)), "/v1/messages/count_tokens");
        Assert.Equal(200, status);
        Assert.True(counted.GetProperty("input_tokens").GetInt32() > 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Models_are_listed_with_their_limits()
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent());
        var list = JsonElement.Parse(await world.Client.GetStringAsync("/v1/models?limit=1000"));
        var ids = list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!).ToList();
        Assert.Contains(ids, id => id.EndsWith("gemini-3.8-flash", StringComparison.Ordinal));
        Assert.DoesNotContain(ids, id => id.Contains("embedding", StringComparison.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("gemini-3.1-pro-preview")]
    [InlineData("gemini-3-pro-preview")]
    [InlineData("gemini-3.8-flash")]
    [InlineData("gemini-2.5-pro")]
    [InlineData("gemini-2.5-flash")]
    [InlineData("gemini-2.5-flash-lite")]
    [InlineData("gemini-2.0-flash")]
    public async Task Every_way_of_thinking_is_put_so_that_the_model_takes_it(string model)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent());
        string[] ways =
        [
            "", ""","thinking":{"type":"disabled"}""", ""","thinking":{"type":"enabled","budget_tokens":1024}""", ""","thinking":{"type":"enabled","budget_tokens":3999}""", ""","thinking":{"type":"adaptive"}""",
            .. new[] { "low", "medium", "high", "xhigh", "max" }.Select(effort => $$$""","thinking":{"type":"adaptive"},"output_config":{"effort":"{{{effort}}}"}"""),
        ];
        foreach (var way in ways)
        {
            // The gateway itself says that a model can't think.
            var fits = model != "gemini-2.0-flash" || !way.Contains("enabled", StringComparison.Ordinal);
            var (status, body) = await world.SendAsync(GeminiWorld.Ask("hello", way + ""","stop_sequences":["1","2","3","4","5","6","7"],"temperature":1""", model));
            Assert.True(status == (fits ? 200 : 400), $"{way}: {body.GetRawText()}");
        }

        Assert.Empty(world.Gemini.Refusals);
    }

    private static void AssertFailed(List<SseEvent> events, string message)
    {
        Assert.Equal("message_start", events[0].Type);
        Assert.Equal("error", events[^1].Type);
        Assert.Contains(message, events[^1].Data.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(events, step => step.Type is "message_delta" or "message_stop");
    }
}
