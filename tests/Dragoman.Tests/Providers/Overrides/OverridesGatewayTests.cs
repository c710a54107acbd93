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
}
