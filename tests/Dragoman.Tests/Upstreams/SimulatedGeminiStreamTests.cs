using System.Net;
using System.Text.Json;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.Tests.Upstreams;

/// <summary>How the simulated Gemini writes: forms of an answer, pieces, endings, waiting.</summary>
public sealed class SimulatedGeminiStreamTests
{

    [Theory]
    [InlineData(ApiFlavour.GeminiApi)]
    [InlineData(ApiFlavour.VertexExpress)]
    [InlineData(ApiFlavour.Vertex)]
    public async Task Every_flavour_answers_in_all_three_forms(ApiFlavour flavour)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Text("Grüße aus 東京 🚀 <b>, one two three four five"));
        client.Flavour = flavour;

        var chunks = await client.ChunksAsync(GeminiClient.Ask("hi"));
        var (_, array) = await client.AskAsync("streamGenerateContent", GeminiClient.Ask("hi"));
        var (_, whole) = await client.AskAsync("generateContent", GeminiClient.Ask("hi"));

        Assert.True(chunks.Count > 2);
        Assert.Equal("Grüße aus 東京 🚀 <b>, one two three four five", GeminiClient.Text(chunks));
        Assert.Equal("STOP", GeminiClient.FinishReason(chunks));
        Assert.StartsWith("[{\n  \"candidates\": [\n", array, StringComparison.Ordinal);
        Assert.Contains("\n}\n,\r\n{\n", array, StringComparison.Ordinal);
        Assert.Equal(GeminiClient.Text(chunks), GeminiClient.Text(JsonElement.Parse(array).EnumerateArray()));
        Assert.Equal(GeminiClient.Text(chunks), GeminiClient.Text([JsonElement.Parse(whole)]));
        Assert.Single(GeminiClient.Parts([JsonElement.Parse(whole)]));
        Assert.All(client.Server.Calls, call => Assert.Equal(flavour, call.Route.Flavour));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    public async Task Split_bytes_reassemble_to_the_same_answer(int seed)
    {
        var scenario = GeminiScenario.Text("Grüße aus 東京 🚀");
        await using var whole = await GeminiClient.StartAsync(scenario);
        await using var split = await GeminiClient.StartAsync(scenario.SplitBytes(seed));

        Assert.Equal(await whole.AskAsync("streamGenerateContent?alt=sse", GeminiClient.Ask("hi")), await split.AskAsync("streamGenerateContent?alt=sse", GeminiClient.Ask("hi")));
        Assert.Equal(await whole.AskAsync("streamGenerateContent", GeminiClient.Ask("hi")), await split.AskAsync("streamGenerateContent", GeminiClient.Ask("hi")));
    }

    [Fact]
    public async Task Thoughts_are_shown_when_asked_for_and_always_counted()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.InTurn(new GeminiReply().Thought("one two three").Text("Hello")));

        var shown = await client.ChunksAsync(GeminiClient.Ask("hi", ""","generationConfig":{"thinkingConfig":{"includeThoughts":true}}"""));
        var hidden = await client.ChunksAsync(GeminiClient.Ask("hi"));

        Assert.Equal("one two three", string.Concat(GeminiClient.Parts(shown).Where(part => part.TryGetProperty("thought", out _)).Select(part => part.GetProperty("text").GetString())));
        Assert.DoesNotContain(GeminiClient.Parts(hidden), part => part.TryGetProperty("thought", out _));
        Assert.Equal(3, hidden[^1].GetProperty("usageMetadata").GetProperty("thoughtsTokenCount").GetInt32());
        Assert.Equal("Hello", GeminiClient.Text(hidden));
    }

    [Fact]
    public async Task The_limit_ends_the_answer()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Text("one two three four five six seven"));
        var chunks = await client.ChunksAsync(GeminiClient.Ask("hi", ""","generationConfig":{"maxOutputTokens":5}"""));
        Assert.Equal("one two three four five", GeminiClient.Text(chunks));
        Assert.Equal("MAX_TOKENS", GeminiClient.FinishReason(chunks));
        Assert.Equal(5, chunks[^1].GetProperty("usageMetadata").GetProperty("candidatesTokenCount").GetInt32());
    }

    [Fact]
    public async Task A_stop_sequence_ends_the_answer_and_is_not_part_of_it()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Text("one two STOP three"));
        var chunks = await client.ChunksAsync(GeminiClient.Ask("hi", ""","generationConfig":{"stopSequences":["STOP"]}"""));
        Assert.Equal("one two ", GeminiClient.Text(chunks));
        Assert.Equal("STOP", GeminiClient.FinishReason(chunks));
    }

    [Fact]
    public async Task A_schema_and_a_forced_call_decide_an_open_answer()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        const string schema = """{"type":"OBJECT","properties":{"title":{"type":"STRING"}},"required":["title"]}""";
        var json = await client.ChunksAsync(GeminiClient.Ask("hi", $$$""","generationConfig":{"responseMimeType":"application/json","responseSchema":{{{schema}}}}"""));
        var call = await client.ChunksAsync(GeminiClient.Ask("hi", $$$$""","tools":[{"functionDeclarations":[{"name":"f"},{"name":"g","parameters":{{{{schema}}}}}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["g"]}}"""));
        Assert.Equal("""{"title":"simulated"}""", GeminiClient.Text(json));
        Assert.Equal("""{"title":"simulated"}""", GeminiClient.Parts(call)[0].GetProperty("functionCall").GetProperty("args").GetRawText());
    }

    [Fact]
    public async Task Vertex_streams_arguments_on_request()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Always(() => new GeminiReply().Call("f", """{"a":{"b":["x y z w",2]},"c":true,"d":null}""").Call("g")));
        client.Flavour = ApiFlavour.Vertex;
        const string tools = ""","tools":[{"functionDeclarations":[{"name":"f"},{"name":"g"}]}],"toolConfig":{"functionCallingConfig":{"streamFunctionCallArguments":true}}""";
        var calls = GeminiClient.Parts(await client.ChunksAsync(GeminiClient.Ask("hi", tools))).Select(part => part.GetProperty("functionCall")).ToList();
        Assert.Equal("f", calls[0].GetProperty("name").GetString());
        Assert.True(calls[0].GetProperty("willContinue").GetBoolean());
        var pieces = calls.Where(call => call.TryGetProperty("partialArgs", out _)).Select(call => call.GetProperty("partialArgs")[0]).ToList();
        Assert.Equal(["$.a.b[0]", "$.a.b[0]", "$.a.b[0]", "$.a.b[1]", "$.c", "$.d"], pieces.Select(piece => piece.GetProperty("jsonPath").GetString()));
        Assert.Equal("x y z w", string.Concat(pieces.Take(3).Select(piece => piece.GetProperty("stringValue").GetString())));
        Assert.Equal([true, true, false], pieces.Take(3).Select(piece => piece.TryGetProperty("willContinue", out _)));
        Assert.Equal("{}", calls[^2].GetRawText());
        Assert.False(calls[^1].TryGetProperty("willContinue", out _));
    }

    [Fact]
    public async Task Counts_stand_in_every_chunk_or_at_the_end()
    {
        var scenario = GeminiScenario.Text("one two three four five six seven eight nine");
        await using var client = await GeminiClient.StartAsync(scenario);
        await using var atEnd = await GeminiClient.StartAsync(scenario with { CountsAtEndOnly = true });
        Assert.All(await client.ChunksAsync(GeminiClient.Ask("hi")), chunk => Assert.True(chunk.GetProperty("usageMetadata").GetProperty("promptTokenCount").GetInt32() > 0));
        Assert.Equal([false, false, false, true], (await atEnd.ChunksAsync(GeminiClient.Ask("hi"))).Select(chunk => chunk.TryGetProperty("usageMetadata", out _)));
    }

    [Fact]
    public async Task A_prompt_that_begins_like_the_last_one_is_read_from_the_cache()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Text("ok"));
        var first = await client.ChunksAsync(GeminiClient.Ask(new string('x', 8000)));
        var second = await client.ChunksAsync(GeminiClient.Ask(new string('x', 8000) + "more"));
        Assert.False(first[^1].GetProperty("usageMetadata").TryGetProperty("cachedContentTokenCount", out _));
        Assert.InRange(second[^1].GetProperty("usageMetadata").GetProperty("cachedContentTokenCount").GetInt32(), 2000, second[^1].GetProperty("usageMetadata").GetProperty("promptTokenCount").GetInt32() - 1);
    }

    [Fact]
    public async Task A_search_is_answered_with_sources()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var chunks = await client.ChunksAsync(GeminiClient.Ask("Perform a web search for the query: dragoman", ""","tools":[{"googleSearch":{}}]"""));
        var metadata = chunks[^1].GetProperty("candidates")[0].GetProperty("groundingMetadata");
        Assert.Equal("dragoman", metadata.GetProperty("webSearchQueries")[0].GetString());
        Assert.Equal("https://one.example/page?q=1", metadata.GetProperty("groundingChunks")[0].GetProperty("web").GetProperty("uri").GetString());
        var bytes = System.Text.Encoding.UTF8.GetBytes(GeminiClient.Text(chunks));
        foreach (var segment in metadata.GetProperty("groundingSupports").EnumerateArray().Select(support => support.GetProperty("segment")))
        {
            // Offsets count bytes.
            var start = segment.TryGetProperty("startIndex", out var index) ? index.GetInt32() : 0;
            Assert.Equal(segment.GetProperty("text").GetString(), System.Text.Encoding.UTF8.GetString(bytes[start..segment.GetProperty("endIndex").GetInt32()]));
        }
    }

    [Fact]
    public async Task Calls_may_come_without_ids_and_with_a_prefix()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Always(() => new GeminiReply().Call("f")) with { GivesCallIds = false, PrefixesNames = true });
        var call = GeminiClient.Parts(await client.ChunksAsync(GeminiClient.Ask("hi", ""","tools":[{"functionDeclarations":[{"name":"f"}]}]""")))[0].GetProperty("functionCall");
        Assert.Equal("default_api:f", call.GetProperty("name").GetString());
        Assert.False(call.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task An_answer_may_fail_in_every_way()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.InTurn(
            new GeminiReply().MalformedCall(),
            new GeminiReply().EmptyCandidate(),
            new GeminiReply().NoCandidates(),
            new GeminiReply().Block("PROHIBITED_CONTENT", "no"),
            new GeminiReply().Text("I begin").Finish("SAFETY", "unsafe"),
            new GeminiReply().Text("I begin").Error(GoogleError.Overloaded),
            new GeminiReply().Text("I begin").EndWithoutFinish()));
        var answers = new List<IReadOnlyList<JsonElement>>();
        for (var number = 0; number < 7; number++) answers.Add(await client.ChunksAsync(GeminiClient.Ask("hi")));
        Assert.Equal("MALFORMED_FUNCTION_CALL", GeminiClient.FinishReason(answers[0]));
        Assert.Empty(GeminiClient.Parts(answers[1]));
        Assert.Equal("STOP", GeminiClient.FinishReason(answers[1]));
        Assert.False(answers[2][0].TryGetProperty("candidates", out _));
        Assert.Equal("PROHIBITED_CONTENT", answers[3][0].GetProperty("promptFeedback").GetProperty("blockReason").GetString());
        Assert.Equal("SAFETY", GeminiClient.FinishReason(answers[4]));
        Assert.Equal("UNAVAILABLE", answers[5][^1].GetProperty("error").GetProperty("status").GetString());
        Assert.False(answers[6][^1].GetProperty("candidates")[0].TryGetProperty("finishReason", out _));
    }

    [Fact]
    public async Task An_array_that_is_cut_off_lacks_its_end()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.InTurn(new GeminiReply().Text("I begin").EndWithoutFinish()) with { IgnoresAlt = true });
        var (_, body) = await client.AskAsync("streamGenerateContent?alt=sse", GeminiClient.Ask("hi"));
        Assert.StartsWith("[{", body, StringComparison.Ordinal);
        Assert.EndsWith("}\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_used_up_quota_says_when_to_come_back()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.InTurn(new GeminiReply().Error(GoogleError.Quota()), new GeminiReply().Error(GoogleError.Overloaded)));
        var (status, body) = await client.AskAsync("streamGenerateContent?alt=sse", GeminiClient.Ask("hi"));
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        var details = JsonElement.Parse(body)[0].GetProperty("error").GetProperty("details").EnumerateArray().ToList();
        Assert.Contains(details, detail => detail.TryGetProperty("retryDelay", out var delay) && delay.GetString() == "37s");
        Assert.Contains(details, detail => detail.GetProperty("@type").GetString() == "type.googleapis.com/google.rpc.QuotaFailure");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.AskAsync("generateContent", GeminiClient.Ask("hi"))).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_closes_the_call(bool afterFirstChunk)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var abort = new CancellationTokenSource();
        var reply = (afterFirstChunk ? new GeminiReply().Text("one") : new GeminiReply()).Silence(TimeSpan.FromHours(1));
        await using var client = await GeminiClient.StartAsync(GeminiScenario.InTurn(reply));
        var call = client.SendAsync(HttpMethod.Post, client.Path("streamGenerateContent"), GeminiClient.Ask("hi"), abort.Token);
        await client.Server.WaitForCallsAsync(1, patience.Token);
        if (afterFirstChunk) (await call).Dispose();
        else await abort.CancelAsync();
        await client.Server.WaitForOpenCallsAsync(0, patience.Token);
        Assert.Equal(1, client.Server.AbortedCalls);
    }

    [Fact]
    public async Task A_dropped_connection_breaks_the_answer()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.InTurn(new GeminiReply().Text("one").Drop()));
        await Assert.ThrowsAnyAsync<Exception>(() => client.AskAsync("streamGenerateContent?alt=sse", GeminiClient.Ask("hi")));
    }
}
