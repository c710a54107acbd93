using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.EndToEnd;

/// <summary>What the person who runs the gateway sees.</summary>
public sealed class OperationTests
{
    private const string Hello = """{"model":"qwen3:8b","max_tokens":50,"messages":[{"role":"user","content":"hello"}]}""";

    [Fact(Timeout = 60_000)]
    public async Task Ready_means_that_the_default_models_provider_answers()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Agent());
        await gateway.Ollama.DisposeAsync();
        using var response = await gateway.Client.GetAsync("/health/ready");
        Assert.Equal(503, (int)response.StatusCode);
        Assert.Contains("ollama serve", await response.Content.ReadAsStringAsync());
        Assert.Equal(200, (int)(await gateway.Client.GetAsync("/health/live")).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_line_a_request_says_what_happened_and_verbose_what_was_sent()
    {
        var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("one two three")), options => options.Verbose = true, ",\"apiKey\":\"very-secret\"");
        var tools = """[{"name":"Bash","input_schema":{"type":"object","properties":{"command":{"type":"string"}}}}]""";
        await gateway.SendAsync(Hello.Replace("\"max_tokens\"", $"\"service_tier\":\"auto\",\"unheard_of\":1,\"tools\":{tools},\"max_tokens\"").Replace("hello", new string('x', 1000)));
        await gateway.SendAsync(Hello.Replace("qwen3:8b", "qwen9:1b"));
        await gateway.DisposeAsync();
        Assert.Matches(@"\d\d:\d\d:\d\d 200 qwen3:8b -> ollama/qwen3:8b  [\d,]+ in, 3 out  first token [\d.,]+ m?s  [\d.,]+ tokens/s  \(queue .*load .*prefill .*decode .*\)  end_turn  ", gateway.Log);
        Assert.Matches(@"404 qwen9:1b -> ollama/qwen9:1b  .*ollama pull qwen9:1b", gateway.Log);
        Assert.Contains("ignored, as it means nothing to this model: service_tier, unheard_of", gateway.Log);
        Assert.Contains($"{new string('x', 200)}… (1,000 characters)", gateway.Log);
        Assert.Contains("""{"type":"function","function":"Bash"}""", gateway.Log);
        Assert.DoesNotContain("very-secret", gateway.Log);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_deeply_nested_request_is_logged_too()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("one")), options => options.Verbose = true);
        const int depth = 100;
        var nested = string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
        var (status, body) = await gateway.SendAsync(
            """{"model":"qwen3:8b","max_tokens":50,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":NESTED}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"y"}]}]}""".Replace("NESTED", nested, StringComparison.Ordinal));
        Assert.True(status == 200, body.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Large_objects_are_shortened_and_a_session_is_told_by_its_first_letters()
    {
        var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("one")), options => options.Verbose = true);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages");
        // A call's input of a hundred short fields is over 500 characters and has no long string.
        var input = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"field{i}\":\"v{i}\""));
        request.Content = new StringContent(
            """{"model":"qwen3:8b","max_tokens":50,"top_k":3,"metadata":{},"output_config":{"effort":"high"},"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":{INPUT}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"y"}]}]}""".Replace("INPUT", input, StringComparison.Ordinal),
            System.Text.Encoding.UTF8,
            "application/json");
        request.Headers.Add("X-Claude-Code-Session-Id", "0123456789abcdef");
        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal("effort=ignored", Assert.Single(response.Headers.GetValues("x-dragoman-degraded")));
        await gateway.DisposeAsync();
        Assert.Contains("  session 01234567", gateway.Log);
        Assert.DoesNotContain("012345678", gateway.Log);
        Assert.DoesNotContain("field99", gateway.Log);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_an_upstream_the_demo_answers_until_one_is_seen()
    {
        // The address is known before anybody listens there.
        var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        var address = ollama.Url;
        await ollama.DisposeAsync();
        var options = new DragomanOptions { Port = 0 };
        options.Providers["ollama"] = JsonDocument.Parse($$"""{"url":"{{address}}"}""").RootElement;
        await using var app = ServeCommand.Build(options, TextWriter.Null);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Assert.Equal("demo/demo", await ModelAsync(client));
        await using var started = await SimulatedOllama.StartAsync(OllamaScenario.Agent(), address.Port);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        // The gateway looks again after a second.
        while (await ModelAsync(client) != "ollama/qwen3:8b") await Task.Delay(50, limit.Token);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_burst_of_requests_asks_for_the_models_once()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Agent());
        await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => gateway.SendAsync(Hello.Replace("qwen3:8b", "claude-opus-5-5"))));
        Assert.Equal(1, gateway.Ollama.Requests.Count(request => request.Path == "/api/tags"));
    }

    private static async Task<string> ModelAsync(HttpClient client)
    {
        using var content = new StringContent(Hello, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/v1/messages", content);
        return response.Headers.GetValues("x-dragoman-model").Single();
    }
}
