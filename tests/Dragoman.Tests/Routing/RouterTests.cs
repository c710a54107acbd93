using System.Text.Json;
using Dragoman.Tests.EndToEnd;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Routing;

/// <summary>What a client's model becomes, seen in the upstream's request.</summary>
public sealed class RouterTests
{
    private static readonly SimulatedModel[] Installed =
    [
        new() { Name = "llama3.1:8b", Capabilities = ["completion", "tools"], ParameterSize = "8.0B" }, new() { Name = "llama3.2:3b", Capabilities = ["completion", "tools"], ParameterSize = "3.2B" }, new() { Name = "llama3.1:70b", Capabilities = ["completion", "tools"], ParameterSize = "70B" },
        new() { Name = "qwen3:8b", Capabilities = ["completion", "tools", "thinking"], ParameterSize = "8.2B" }, new() { Name = "big-no-tools:100b", Capabilities = ["completion"], ParameterSize = "100B" }, new() { Name = "mine:latest", Capabilities = ["completion", "tools"], ParameterSize = "1B" },
    ];

    [Theory]
    [InlineData("claude-opus-4-5", "llama3.1:70b")]
    [InlineData("claude-sonnet-4-5-20250929", "llama3.1:8b")]
    [InlineData("claude-haiku-4-5[1m]", "llama3.2:3b")]
    [InlineData("claude-3-5-sonnet-latest", "llama3.1:8b")]
    [InlineData("claude-3-opus-20240229", "llama3.1:70b")]
    [InlineData("claude-opus-5-5", "llama3.1:70b")]
    [InlineData("claude-haiku-9", "llama3.2:3b")]
    [InlineData("qwen3:8b", "qwen3:8b")]
    [InlineData("QWEN3:8B", "qwen3:8b")]
    [InlineData("qwen3:8b[1m]", "qwen3:8b")]
    [InlineData("mine", "mine:latest")]
    [InlineData("ollama/qwen3:8b", "qwen3:8b")]
    [InlineData("anthropic/qwen3:8b", "qwen3:8b")]
    [InlineData("anthropic/ollama/qwen3:8b", "qwen3:8b")]
    [InlineData("claude-fable-5", "llama3.1:8b")]
    public async Task Without_a_map_the_default_one_and_the_installed_models_count(string asked, string expected)
    {
        await using var gateway = await StartAsync(options => options.DefaultModel = "llama3.1:8b");
        Assert.Equal(expected, await AskedOfAsync(gateway, asked));
    }

    [Theory]
    [InlineData("claude-opus-4-5", "mine:latest")]
    [InlineData("claude-opus-9-20270101", "qwen3:8b")]
    [InlineData("claude-sonnet-4-5", "llama3.1:8b")]
    [InlineData("claude-haiku-7", "llama3.2:3b")]
    [InlineData("whatever", "llama3.1:70b")]
    [InlineData("qwen3:8b", "qwen3:8b")]
    public async Task The_users_map_comes_first_and_its_catch_all_last(string asked, string expected)
    {
        await using var gateway = await StartAsync(options =>
        {
            options.Models["claude-*"] = Json("\"llama3.2:3b\"");
            options.Models["claude-opus-*"] = Json("[\"ollama/qwen3:8b\"]");
            options.Models["claude-opus-4-5"] = Json("\"mine:latest\"");
            options.Models["claude-sonnet-4-5"] = Json("\"llama3.1:8b\"");
            options.Models["*"] = Json("\"llama3.1:70b\"");
        });
        Assert.Equal(expected, await AskedOfAsync(gateway, asked));
    }

    [Fact]
    public async Task When_nothing_is_mapped_and_the_default_is_missing_the_best_model_with_tools_answers()
    {
        await using var gateway = await StartAsync(models: Installed[3..]);
        Assert.Equal("qwen3:8b", await AskedOfAsync(gateway, "claude-opus-4-5"));
        await using var chosen = await StartAsync(options => options.DefaultModel = "mine", Installed[3..]);
        Assert.Equal("mine", await AskedOfAsync(chosen, "claude-opus-4-5"));
    }

    [Fact]
    public async Task A_default_that_nobody_chose_gives_way_to_the_best_model_also_beside_a_map()
    {
        await using var gateway = await StartAsync(options => options.Models["claude-haiku-*"] = Json("\"llama3.2:3b\""), Installed[3..]);
        Assert.Equal("qwen3:8b", await AskedOfAsync(gateway, "claude-fable-5"));
    }

    [Fact]
    public async Task The_next_of_a_list_answers_when_the_first_cannot()
    {
        await using var gateway = await StartAsync(options => options.Models["claude-*"] = Json("[\"ollama/not-there:1b\",\"qwen3:8b\"]"));
        var (status, _) = await gateway.SendAsync("""{"model":"claude-opus-5","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}""");
        Assert.Equal(200, status);
        Assert.Contains("\"model\":\"qwen3:8b\"", Assert.Single(gateway.Ollama.ChatRequests));
    }

    [Fact]
    public async Task A_list_that_is_found_by_the_tier_keeps_its_fallbacks()
    {
        await using var gateway = await StartAsync(options => options.Models["claude-opus-4-5"] = Json("[\"ollama/not-there:1b\",\"qwen3:8b\"]"));
        Assert.Equal("qwen3:8b", await AskedOfAsync(gateway, "claude-opus-5-5"));
    }

    [Fact]
    public async Task A_provider_and_a_model_by_name_go_straight_there_whatever_matches()
    {
        var world = new RoutingWorld("""{"models":{"*":"main/a","other/*":"main/b","other/there":"main/c","*there":"main/d"}}""");
        Assert.Equal(("provider/model by name", "other/there"), ((await world.RouteAsync(RoutingWorld.Ask("other/there"))).Reason, await world.TargetsAsync(RoutingWorld.Ask("other/there[1m]"))));
        // Nobody is called z-ai, so this is a name like others.
        Assert.Equal("main/a", await world.TargetsAsync(RoutingWorld.Ask("z-ai/glm")));
    }

    [Theory]
    [InlineData("claude-opus-4-5", "models \"claude-opus-4-5\"")]
    [InlineData("claude-opus-4-5-20251101", "models \"claude-opus-4-5\"")]
    [InlineData("claude-opus-5-5", "models \"claude-o*\"")]
    [InlineData("claude-x-5", "models \"c*l*a*u*d*e*\"")]
    [InlineData("my-opus", "models \"*opus*\"")]
    [InlineData("here", "a model of the first provider")]
    [InlineData("unheard-of", "models \"**\"")]
    public async Task The_pattern_with_the_most_letters_is_the_most_specific(string asked, string reason)
    {
        var world = new RoutingWorld("""{"models":{"**":"z","c*l*a*u*d*e*":"a","claude-o*":"b","*opus*":"c","claude-opus-4-5":"d"}}""");
        Assert.Equal(reason, (await world.RouteAsync(RoutingWorld.Ask(asked))).Reason);
    }

    [Fact]
    public async Task The_reason_stands_in_a_header_of_answers_and_counts_and_a_role_in_the_log()
    {
        string[] reasons;
        var gateway = await StartAsync(options =>
        {
            options.Models["claude-é*"] = Json("\"qwen3:8b\"");
            options.Roles["thinking"] = Json("\"llama3.1:8b\"");
        });
        await using (gateway)
        {
            reasons = [await ReasonAsync("claude-éa", ""), await ReasonAsync("claude-x", "\"thinking\":{\"type\":\"adaptive\"},"), await ReasonAsync("claude-éa", "", "/v1/messages/count_tokens")];
        }

        Assert.Equal(["models \"claude-?*\"", "role thinking (adaptive)", "models \"claude-?*\""], reasons);
        Assert.Contains("claude-x -> ollama/llama3.1:8b  role thinking (adaptive)  ", gateway.Log);
        Assert.DoesNotContain("models \"", gateway.Log);

        async Task<string> ReasonAsync(string model, string fields, string path = "/v1/messages")
        {
            using var content = new StringContent($$"""{"model":"{{model}}","max_tokens":10,{{fields}}"messages":[{"role":"user","content":"hi"}]}""", System.Text.Encoding.UTF8, "application/json");
            using var response = await gateway.Client.PostAsync(path, content);
            return response.Headers.GetValues("x-dragoman-route").Single();
        }
    }

    [Fact]
    public async Task The_verbose_log_says_why_of_every_request()
    {
        var gateway = await StartAsync(options =>
        {
            options.Models["claude-*"] = Json("\"qwen3:8b\"");
            options.Verbose = true;
        });
        await using (gateway) await AskedOfAsync(gateway, "claude-x");
        Assert.Contains("claude-x -> ollama/qwen3:8b, models \"claude-*\": 1 messages", gateway.Log);
    }

    [Theory]
    [InlineData("claude-*", "claude-opus", true)]
    [InlineData("*opus*", "claude-opus-5", true)]
    [InlineData("*", "", true)]
    [InlineData("a*b*c", "aXbYc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("claude", "claude-opus", false)]
    [InlineData("ab*ba", "aba", false)]
    public void Stars_stand_for_any_text(string pattern, string text, bool matches) => Assert.Equal(matches, Wildcard.Matches(pattern, text));

    private static Task<OllamaGateway> StartAsync(Action<DragomanOptions>? configure = null, IReadOnlyList<SimulatedModel>? models = null) =>
        OllamaGateway.StartAsync(OllamaScenario.Agent() with { Models = models ?? Installed }, configure);

    private static async Task<string> AskedOfAsync(OllamaGateway gateway, string model)
    {
        var (status, body) = await gateway.SendAsync($$"""{"model":"{{model}}","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}""");
        // A default name without a tag is the server's to resolve, and the simulation has no llama3.1:latest.
        if (status == 404) return body.GetProperty("error").GetProperty("message").GetString()!.Split('\'')[1];
        return JsonDocument.Parse(gateway.Ollama.ChatRequests[^1]).RootElement.GetProperty("model").GetString()!;
    }

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}
