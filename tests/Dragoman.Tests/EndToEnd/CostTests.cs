using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tests.Cli;
using Dragoman.Tests.Http;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;
using Microsoft.AspNetCore.Builder;

namespace Dragoman.Tests.EndToEnd;

/// <summary>What answers cost, from the upstream's list of prices and its usage to the log, the sessions endpoint and the status line.</summary>
public sealed class CostTests
{
    private const string Session = "0123abcd-4567-89ab-cdef-0123456789ab";

    // Claude Code's own figure is in there: made with Claude's prices, whatever answers.
    private const string Client = $$$"""{"session_id":"{{{Session}}}","model":{"id":"claude-opus-5-5","display_name":"Opus 5.5"},"cost":{"total_cost_usd":7.77}}""";

    private const string Usage = """{"choices":[],"usage":{"prompt_tokens":10000,"completion_tokens":620,"total_tokens":10620,"prompt_tokens_details":{"cached_tokens":6000,"cache_write_tokens":1000}}}""";

    [Fact(Timeout = 120_000)]
    public async Task The_upstreams_prices_and_usage_make_the_cost()
    {
        await using var world = await World.StartAsync();
        await world.AskAsync("openrouter/glm");
        // (3,000 * 1 + 1,000 * 1.25 + 6,000 * 0.1 + 620 * 2) / 1,000,000
        Assert.Contains("4,000 in, 620 out  $0.0061  first token", world.Log);
        await world.AskAsync("openrouter/glm");
        // The list was fetched for the first request's own sake, and not once more for its price.
        Assert.Single(world.Router.Requests, request => request.Path.EndsWith("/models", StringComparison.Ordinal));
        var session = await world.SessionAsync();
        Assert.Equal(0.01218m, session.GetProperty("cost_usd").GetDecimal());
        Assert.All(session.GetProperty("answers").EnumerateArray(), answer => Assert.Equal(0.00609m, answer.GetProperty("cost_usd").GetDecimal()));
        Assert.False(session.TryGetProperty("cost_is_partial", out _) || session.TryGetProperty("client_knows_cost", out _));
        Assert.Matches(@"^openrouter/glm \| .*context .* \| cache 60 % \| \$0\.012\n$", await world.StatusLineAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task The_configurations_price_wins_and_leaves_the_rest_to_the_upstreams()
    {
        await using var world = await World.StartAsync(""","models":{"g*":{"price":{"input":100,"output":200,"cacheRead":10}}}""");
        await world.AskAsync("openrouter/glm");
        // (3,000 * 100 + 1,000 * 1.25 + 6,000 * 10 + 620 * 200) / 1,000,000
        Assert.Equal(0.48525m, (await world.SessionAsync()).GetProperty("cost_usd").GetDecimal());
        Assert.EndsWith(" | $0.49\n", await world.StatusLineAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_model_on_this_machine_has_no_figure()
    {
        await using var world = await World.StartAsync();
        await world.AskAsync("ollama/qwen3:8b");
        Assert.DoesNotContain("$", world.Log);
        Assert.DoesNotContain("cost", (await world.SessionAsync()).GetRawText());
        Assert.DoesNotContain("$", await world.StatusLineAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_sum_of_which_a_part_is_unknown_is_a_lower_bound()
    {
        await using var world = await World.StartAsync();
        await world.AskAsync("openrouter/glm");
        await world.AskAsync("ollama/qwen3:8b");
        Assert.EndsWith(" | $0.0061\n", await world.StatusLineAsync(), StringComparison.Ordinal);
        await world.AskAsync("ollama/gpt-oss:20b-cloud");
        Assert.True((await world.SessionAsync()).GetProperty("cost_is_partial").GetBoolean());
        Assert.EndsWith(" | $0.0061+\n", await world.StatusLineAsync(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("broken")]
    [InlineData("silent")]
    public async Task An_answer_whose_usage_never_came_has_no_figure_and_leaves_the_sum_a_lower_bound(string reply)
    {
        await using var world = await World.StartAsync();
        await world.AskAsync("openrouter/glm", reply);
        await world.AskAsync("openrouter/glm");
        Assert.Equal(1, world.Log.Split('$').Length - 1);
        var session = await world.SessionAsync();
        Assert.Equal((0.00609m, true), (session.GetProperty("cost_usd").GetDecimal(), session.GetProperty("cost_is_partial").GetBoolean()));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_configured_price_is_in_the_list_of_models()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        var folder = ProgramFolder.With($$"""
            { "providers": { "ollama": { "url": "{{ollama.Url}}", "models": { "qwen3:8b": { "price": { "input": 0.075, "output": 2, "cacheRead": 0.01 } }, "gemma*": { "price": { "input": 0, "output": 0 } } } } } }
            """);
        var table = (await ProgramFolder.RunAsync(folder, "models")).Output.Split('\n');
        Assert.Contains("$0.075/$2", table.Single(line => line.StartsWith("ollama/qwen3:8b", StringComparison.Ordinal)));
        Assert.Contains("free", table.Single(line => line.StartsWith("ollama/gemma3:4b", StringComparison.Ordinal)));
        Assert.DoesNotContain("$", table.Single(line => line.StartsWith("ollama/llama3.1:8b", StringComparison.Ordinal)));
        using var json = JsonDocument.Parse((await ProgramFolder.RunAsync(folder, "models", "--json")).Output);
        var models = json.RootElement.GetProperty("models").EnumerateArray().ToDictionary(model => model.GetProperty("model").GetString()!, StringComparer.Ordinal);
        string[] prices = ["inputPricePerMillion", "outputPricePerMillion", "cacheReadPricePerMillion", "cacheWritePricePerMillion"];
        Assert.Equal(["0.075", "2", "0.01", "0.075"], prices.Select(price => models["qwen3:8b"].GetProperty(price).GetRawText()));
        Assert.All(prices, price => Assert.Equal(JsonValueKind.Null, models["llama3.1:8b"].GetProperty(price).ValueKind));
    }

    [Fact]
    public void A_wrong_price_is_said_with_its_place_and_what_is_allowed()
    {
        var folder = ProgramFolder.With("""{"providers":{"ollama":{"price":{"input":-1,"ouput":2,"cacheRead":"x"}}}}""");
        var message = Assert.Throws<ConfigException>(() => ConfigFile.Load(Path.Combine(folder, "dragoman.json"))).Message;
        Assert.Contains("providers.ollama.price.input: expected a number from 0 to 1000000, got -1", message);
        Assert.Contains("providers.ollama.price.ouput: there is no such setting; did you mean 'output'?", message);
        Assert.Contains("providers.ollama.price.cacheRead: expected a number from 0 to 1000000, got \"x\"", message);
        Assert.Contains("providers.ollama.price: 'output' is missing", message);
    }

    [Fact(Timeout = 120_000)]
    public async Task Where_Anthropic_alone_answers_the_clients_figure_is_right_until_something_else_does()
    {
        var others = new ScriptedProvider((_, _) => SayAsync()) { Pricing = Pricing.Unknown };
        await using var gateway = await ScriptedGateway.StartAsync([("anthropic", new ScriptedProvider((_, _) => SayAsync()) { Pricing = Pricing.OfClient }), ("other", others)], options => options.Models["n"] = JsonDocument.Parse("\"other/n\"").RootElement);
        await AskAsync("m");
        var session = (await gateway.GetAsync($"/dragoman/sessions/{Session}")).Body;
        Assert.True(session.GetProperty("client_knows_cost").GetBoolean());
        Assert.False(session.TryGetProperty("cost_usd", out _));
        await AskAsync("n");
        Assert.DoesNotContain("cost", (await gateway.GetAsync($"/dragoman/sessions/{Session}")).Body.GetRawText());

        async Task AskAsync(string model)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = new StringContent(ScriptedGateway.Body(stream: true).Replace("\"m\"", $"\"{model}\"", StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json") };
            request.Headers.Add("X-Claude-Code-Session-Id", Session);
            using var response = await gateway.Client.SendAsync(request);
            Assert.Contains("message_stop", await response.Content.ReadAsStringAsync());
        }

        static async IAsyncEnumerable<ReplyEvent> SayAsync()
        {
            await Task.Yield();
            yield return ScriptedProvider.Opened();
            yield return ScriptedProvider.Text("hello");
            yield return ScriptedProvider.Done();
        }
    }

    [Theory]
    [InlineData("""{"answers":[{"target":"anthropic/claude-opus-5-5"}],"client_knows_cost":true}""", "anthropic/claude-opus-5-5 | $7.77")]
    [InlineData("""{"answers":[{"target":"anthropic/claude-opus-5-5"}]}""", "anthropic/claude-opus-5-5")]
    [InlineData("""{"answers":[{"target":"up/m"}],"cost_usd":0.1249,"cost_is_partial":true}""", "up/m | $0.12+")]
    [InlineData("""{"answers":[]}""", "Opus 5.5")]
    public void The_clients_own_figure_is_shown_only_where_it_is_right(string gateway, string expected) =>
        Assert.Equal(expected, StatusLine.Of(JsonDocument.Parse(Client).RootElement, JsonDocument.Parse(gateway).RootElement));

    // The real gateway in front of a server with OpenRouter's list and an Ollama.
    private sealed class World : IAsyncDisposable
    {
        private readonly SimulatedOllama _ollama;
        private readonly WebApplication _gateway;
        private readonly StringWriter _log;
        private readonly HttpClient _client;
        private readonly TaskCompletionSource _cut;

        private World(SimulatedOpenAi router, SimulatedOllama ollama, WebApplication gateway, StringWriter log, TaskCompletionSource cut)
        {
            (Router, _ollama, _gateway, _log, _cut) = (router, ollama, gateway, log, cut);
            _client = new HttpClient { BaseAddress = new Uri(gateway.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
        }

        public SimulatedOpenAi Router { get; }

        public string Log => _log.ToString();

        public static async Task<World> StartAsync(string routerSettings = "")
        {
            var cut = new TaskCompletionSource();
            var router = await SimulatedOpenAi.StartAsync(new OpenAiScenario
            {
                Kind = ServerKind.OpenRouter,
                Model = "glm",
                Oddities = new OpenAiOddities { Usage = UsagePlace.None },
                Reply = call => call.Request.GetRawText() switch
                {
                    var asked when asked.Contains("broken", StringComparison.Ordinal) => new OpenAiReply().Text("one two").WaitFor(cut.Task).Drop(),
                    var asked when asked.Contains("silent", StringComparison.Ordinal) => new OpenAiReply().Text("one two"),
                    _ => new OpenAiReply().Text("one two").Chunk(Usage),
                },
            });
            var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("one two three")) with { Models = [new SimulatedModel { Name = "qwen3:8b" }, new SimulatedModel { Name = "gpt-oss:20b-cloud" }] });
            var options = new DragomanOptions { Port = 0, UpstreamChosen = true, Retries = { Attempts = 1 } };
            options.Providers["openrouter"] = JsonDocument.Parse($$"""{"type":"openai","url":"{{router.Url}}","apiKey":"sk-simulated","dialect":"openrouter"{{routerSettings}}}""").RootElement;
            options.Providers["ollama"] = JsonDocument.Parse($$"""{"url":"{{ollama.Url}}"}""").RootElement;
            var log = new StringWriter();
            var gateway = ServeCommand.Build(options, TextWriter.Synchronized(log));
            await gateway.StartAsync();
            return new World(router, ollama, gateway, log, cut);
        }

        // The answer's end is sent when the log and the session know of it.
        public async Task AskAsync(string model, string text = "hi")
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
            {
                Content = new StringContent(JsonSerializer.Serialize(new { model, stream = true, max_tokens = 50, messages = new[] { new { role = "user", content = text } } }), System.Text.Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("X-Claude-Code-Session-Id", Session);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(200, (int)response.StatusCode);
            // The answer has begun; one that is to break off does so now.
            _cut.TrySetResult();
            await response.Content.ReadAsStringAsync();
        }

        public async Task<JsonElement> SessionAsync() => JsonDocument.Parse(await _client.GetStringAsync($"/dragoman/sessions/{Session}")).RootElement;

        public async Task<string> StatusLineAsync()
        {
            using var program = RunningProgram.Start(["statusline"], new Dictionary<string, string> { ["ANTHROPIC_BASE_URL"] = _client.BaseAddress!.ToString() }, input: Client);
            return (await program.EndAsync()).Output;
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await _gateway.DisposeAsync();
            await _ollama.DisposeAsync();
            await Router.DisposeAsync();
            await _log.DisposeAsync();
        }
    }
}
