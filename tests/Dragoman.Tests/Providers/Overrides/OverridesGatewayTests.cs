namespace Dragoman.Tests.Providers.Overrides;

/// <summary>What the configuration changes, and several keys, seen from both ends: the same settings for every provider.</summary>
public sealed class OverridesGatewayTests
{
    private const string Keys = """ "apiKey":["key-one","key-two"] """;

    public static TheoryData<string> Types => ["ollama", "gemini", "openai", "anthropic"];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Every_provider_sends_what_the_configuration_says(string type)
    {
        await using var world = await AnyUpstream.StartAsync(type, Keys + """
            , "headers": { "x-general": "1", "x-both": "1" }, "system": "General.", "maxTokens": 20,
            "models": { "m*": { "headers": { "x-both": "2" }, "body": { "extra": { "a": 1 }, "seed": 7 }, "sampling": { "temperature": 0.25, "topP": "drop" }, "system": "Be \"brief\"." } }
            """);
        var (response, answer) = await world.AskAsync("""
            "temperature":1,"top_p":0.5,"system":"Client's.",
            """);

        Assert.Contains("fine", answer, StringComparison.Ordinal);
        var arrived = Assert.Single(world.Requests);
        Assert.Equal(("1", "2"), (arrived.Headers["x-general"], arrived.Headers["x-both"]));
        Assert.Equal("""{"a":1}""", arrived.Body.GetProperty("extra").GetRawText());
        Assert.Equal(7, arrived.Body.GetProperty("seed").GetInt32());
        var body = arrived.Body.GetRawText();
        Assert.Contains("0.25", body, StringComparison.Ordinal);
        Assert.DoesNotContain("top_p", body.Replace("topP", "top_p", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("64", body, StringComparison.Ordinal);
        Assert.Matches("""Client's\..*Be \\"brief\\"\.""", body);
        Assert.DoesNotContain("General.", body, StringComparison.Ordinal);
        var degraded = response.Headers.GetValues("x-dragoman-degraded").Single();
        foreach (var word in (string[])["temperature=forced", "top_p=dropped", "max_tokens=clamped", "system=extended"]) Assert.Contains(word, degraded, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_rate_limited_key_rests_and_the_client_sees_nothing_of_it(string type)
    {
        string? limited = null;
        await using var world = await AnyUpstream.StartAsync(type, Keys, arrived => Interlocked.CompareExchange(ref limited, arrived.Key, null) is null || arrived.Key == limited ? (429, "7") : (200, null));
        for (var turn = 0; turn < 3; turn++) Assert.Contains("fine", (await world.AskAsync(session: "s")).Body, StringComparison.Ordinal);

        var other = limited == "key-one" ? "key-two" : "key-one";
        Assert.Equal([limited!, other, other, other], world.Requests.Select(arrived => arrived.Key));
        Assert.Contains($"up: key {(limited == "key-one" ? 1 : 2)} of 2 rests 7 s", world.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("key-", world.Log, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task When_all_keys_rest_the_client_is_told_when_to_come_back(string type)
    {
        await using var world = await AnyUpstream.StartAsync(type, Keys, _ => (429, "90"));
        for (var i = 0; i < 2; i++)
        {
            var (response, _) = await world.AskAsync();
            Assert.Equal(429, (int)response.StatusCode);
            Assert.InRange(int.Parse(response.Headers.GetValues("retry-after").Single(), System.Globalization.CultureInfo.InvariantCulture), 80, 90);
        }

        Assert.Equal(2, world.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_refused_key_is_passed_over(string type)
    {
        await using var world = await AnyUpstream.StartAsync(type, Keys, arrived => (arrived.Key == "key-one" ? 401 : 200, null));
        for (var turn = 0; turn < 4; turn++) Assert.Contains("fine", (await world.AskAsync(session: $"{turn}")).Body, StringComparison.Ordinal);
        Assert.True(world.Requests.Count(arrived => arrived.Key == "key-one") <= 1);
    }

    [Fact]
    public async Task A_token_goes_along_with_every_key()
    {
        await using var world = await AnyUpstream.StartAsync("anthropic", Keys + ""","authToken":"token" """, arrived => (arrived.Key == "key-one" ? 429 : 200, null));
        for (var session = 0; session < 8; session++) await world.AskAsync(session: $"{session}");
        Assert.All(world.Requests, arrived => Assert.Equal("Bearer token", arrived.Headers["authorization"]));
    }

    [Fact]
    public async Task Tokens_rotate_like_keys()
    {
        await using var world = await AnyUpstream.StartAsync("anthropic", """ "authToken":["token-one","token-two"] """, arrived => (arrived.Key == "token-one" ? 429 : 200, null));
        for (var session = 0; session < 8; session++) Assert.Contains("fine", (await world.AskAsync(session: $"{session}")).Body, StringComparison.Ordinal);
        Assert.Equal(["token-one", "token-two"], world.Requests.Select(arrived => arrived.Key).Distinct().Order(StringComparer.Ordinal));
        Assert.Single(world.Requests, arrived => arrived.Key == "token-one");
    }

    // Where a stream begins with the refusal, and an answer with the same form that is none.
    private static (string Type, string Settings, string ContentType, string Refusal, string Answer)[] Streams { get; } =
    [
        ("openai", "", "text/event-stream", "data: " + """{"error":{"message":"slow down","type":"rate_limit_error","code":429}}""" + "\n\n",
            "data: " + """{"choices":[{"index":0,"delta":{"content":"fine"},"finish_reason":"stop"}]}""" + "\n\ndata: [DONE]\n\n"),
        ("openai", ""","api":"responses" """, "text/event-stream",
            "data: " + """{"type":"response.created","response":{"id":"r"}}""" + "\n\ndata: " + """{"type":"error","code":"rate_limit_exceeded","message":"slow down"}""" + "\n\n",
            "data: " + """{"type":"response.created","response":{"id":"r"}}""" + "\n\ndata: " + """{"type":"response.output_text.delta","output_index":0,"delta":"fine"}""" + "\n\ndata: " + """{"type":"response.completed","response":{"status":"completed","usage":{"input_tokens":5,"output_tokens":1}}}""" + "\n\n"),
        ("gemini", "", "text/event-stream", "data: " + """{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"slow down"}}""" + "\n\n",
            "data: " + """{"candidates":[{"content":{"role":"model","parts":[{"text":"fine"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":1}}""" + "\n\n"),
        ("anthropic", "", "text/event-stream", "event: error\ndata: " + """{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}""" + "\n\n", PassedFine),
    ];

    private const string PassedFine = "event: message_start\ndata: " + """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m1","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":1}}}"""
        + "\n\nevent: content_block_start\ndata: " + """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"fine"}}"""
        + "\n\nevent: content_block_stop\ndata: " + """{"type":"content_block_stop","index":0}"""
        + "\n\nevent: message_delta\ndata: " + """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1}}"""
        + "\n\nevent: message_stop\ndata: " + """{"type":"message_stop"}""" + "\n\n";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_refusal_that_a_stream_begins_with_moves_on_to_the_next_key(int stream)
    {
        var (type, settings, contentType, refusal, answer) = Streams[stream];
        await using var world = await AnyUpstream.StartAsync(type, Keys + settings, configure: options => options.Retries.Attempts = 1);
        string? limited = null;
        world.Instead = arrived => (contentType, Interlocked.CompareExchange(ref limited, arrived.Key, null) is null || arrived.Key == limited ? refusal : answer);
        for (var turn = 0; turn < 2; turn++) Assert.Contains("fine", (await world.AskAsync("\"stream\":true,", session: "s")).Body, StringComparison.Ordinal);
        var other = limited == "key-one" ? "key-two" : "key-one";
        Assert.Equal([limited!, other, other], world.Requests.Select(arrived => arrived.Key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task When_every_key_is_refused_by_its_stream_the_client_gets_a_status(int stream)
    {
        var (type, settings, contentType, refusal, _) = Streams[stream];
        await using var world = await AnyUpstream.StartAsync(type, Keys + settings, configure: options => options.Retries.Attempts = 1);
        world.Instead = _ => (contentType, refusal);
        Assert.Equal((429, 2), ((int)(await world.AskAsync("\"stream\":true,")).Response.StatusCode, world.Requests.Count));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_key_rests_on_when_its_provider_is_made_anew(string type)
    {
        await using var world = await AnyUpstream.StartAsync(type, Keys, arrived => (arrived.Key == "key-one" ? 429 : 200, "90"));
        for (var session = 0; world.Requests.All(arrived => arrived.Key != "key-one"); session++) await world.AskAsync(session: $"{session}");
        world.Exchange(type, """ "apiKey":["key-two","key-three","key-one"],"maxTokens":10 """);
        for (var session = 0; session < 12; session++) Assert.Contains("fine", (await world.AskAsync(session: $"{session}")).Body, StringComparison.Ordinal);
        Assert.Single(world.Requests, arrived => arrived.Key == "key-one");
        Assert.Contains(world.Requests, arrived => arrived.Key == "key-three");
        Assert.DoesNotContain("key-", world.Log, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_single_key_that_asks_for_a_long_pause_is_passed_over_until_there_is_another_one(string type)
    {
        static void Chain(DragomanOptions options) => options.Models["chain"] = System.Text.Json.JsonDocument.Parse("""["up/m1","demo/x"]""").RootElement;
        await using var world = await AnyUpstream.StartAsync(type, """ "apiKey":"key-one" """, arrived => (arrived.Key == "key-one" ? 429 : 200, "90"), Chain);
        Assert.Equal("demo/x", (await world.AskAsync(model: "chain")).Response.Headers.GetValues("x-dragoman-model").Single());
        var (response, _) = await world.AskAsync(model: "chain");
        Assert.Single(world.Requests);
        var route = response.Headers.GetValues("x-dragoman-route").Single();
        Assert.Matches("^models \"chain\"; not up/m1: it has asked for a pause and is tried again in (8|9)[0-9] s$", route);
        Assert.Contains("up/m1 asks for a pause", world.Log, StringComparison.Ordinal);
        // The line is written after the answer.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!world.Log.Contains("chain -> demo/x  not up/m1: it has asked for a pause", StringComparison.Ordinal)) await Task.Delay(5, limit.Token);

        // Alone it is asked: that its own words reach the client is better than silence.
        Assert.Equal((429, 2), ((int)(await world.AskAsync()).Response.StatusCode, world.Requests.Count));
        world.Exchange(type, """ "apiKey":"key-two" """, Chain);
        Assert.Equal("up/m1", (await world.AskAsync(model: "chain")).Response.Headers.GetValues("x-dragoman-model").Single());
    }

    [Theory]
    [InlineData("ollama", 301)]
    [InlineData("ollama", 405)]
    [InlineData("gemini", 302)]
    [InlineData("gemini", 405)]
    [InlineData("openai", 307)]
    [InlineData("openai", 404)]
    [InlineData("anthropic", 308)]
    [InlineData("anthropic", 405)]
    public async Task An_upstream_that_is_set_up_wrongly_is_asked_once(string type, int status)
    {
        await using var world = await AnyUpstream.StartAsync(type, """ "apiKey":"k" """, _ => (status, null));
        var (response, body) = await world.AskAsync();
        Assert.Equal((502, "false", 1), ((int)response.StatusCode, response.Headers.GetValues("x-should-retry").Single(), world.Requests.Count));
        Assert.Contains("url", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_s_own_credentials_stop_nobody_else()
    {
        await using var world = await AnyUpstream.StartAsync("anthropic", """ "forwardClientKey":true """, arrived => (arrived.Key == "mine" ? 429 : 200, "90"),
            options => options.Models["chain"] = System.Text.Json.JsonDocument.Parse("""["up/m1","demo/x"]""").RootElement);
        world.Client.DefaultRequestHeaders.Add("x-api-key", "mine");
        await world.AskAsync(model: "chain");
        world.Client.DefaultRequestHeaders.Remove("x-api-key");
        world.Client.DefaultRequestHeaders.Add("x-api-key", "yours");
        Assert.Equal("up/m1", (await world.AskAsync(model: "chain")).Response.Headers.GetValues("x-dragoman-model").Single());
        Assert.Equal(["mine", "yours"], world.Requests.Select(arrived => arrived.Key));
    }

    [Fact]
    public async Task A_question_for_the_prompt_s_size_is_asked_of_the_prompt_that_a_message_would_have()
    {
        await using var world = await AnyUpstream.StartAsync("anthropic", """
            "apiKey":"k","system":"Be brief.","headers":{"anthropic-beta":"x"},"maxTokens":5,"sampling":{"temperature":0.5},
            "body":{"model":"m2","tools":[{"name":"t","input_schema":{"type":"object"}}],"thinking":null,"service_tier":"auto","temperature":1,"metadata":{"a":"b"}}
            """);
        var question = new StringContent("""{"model":"up/m1","thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"hi"}]}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await world.Client.PostAsync("/v1/messages/count_tokens", question);
        Assert.Equal("""{"input_tokens":7}""", await response.Content.ReadAsStringAsync());
        var arrived = Assert.Single(world.Requests);
        Assert.Equal("x", arrived.Headers["anthropic-beta"]);
        Assert.Equal("""{"system":"Be brief.","tools":[{"name":"t","input_schema":{"type":"object"}}],"model":"m2","messages":[{"role":"user","content":"hi"}]}""", arrived.Body.GetRawText());
    }
}
