using System.Text.Json;
using Dragoman.Tests.EndToEnd;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Cli;

public sealed class StatusLineTests
{
    private const string Session = "0123abcd-4567-89ab-cdef-0123456789ab";
    private const string Client = $$$"""{"hook_event_name":"Status","session_id":"{{{Session}}}","cwd":"/x","model":{"id":"claude-opus-5-5","display_name":"Opus 5.5"},"workspace":{"current_dir":"/x"},"version":"2.1.329","cost":{"total_cost_usd":0.1}}""";

    [Fact(Timeout = 120_000)]
    public async Task It_tells_what_really_answered_the_main_conversation()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("one two three")), options => options.Key = "secret");
        await AskAsync(gateway, "qwen3:8b", new string('x', 4000));
        // A title, made of little.
        await AskAsync(gateway, "llama3.2:3b", "x");
        var line = await RunAsync(gateway, "secret");
        Assert.Matches(@"^ollama/qwen3:8b \| [\d.]+ tokens/s \| context \d+k? of 32k \(\d+ %\)( \| cache \d+ %)?\n$", line);
        // Asking is no line of the log, and a session is known by its first letters only.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/dragoman/sessions/unknown");
        request.Headers.Add("x-api-key", "secret");
        using var unknown = await gateway.Client.SendAsync(request);
        Assert.Equal("{\"answers\":[]}", await unknown.Content.ReadAsStringAsync());
        Assert.DoesNotContain("/dragoman/sessions", gateway.Log);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_the_key_or_a_gateway_it_says_what_the_client_says()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("one")), options => options.Key = "secret");
        await AskAsync(gateway, "qwen3:8b", "x");
        Assert.Equal("Opus 5.5\n", await RunAsync(gateway, "wrong"));
        using var alone = RunningProgram.Start(["statusline", "--url", "http://127.0.0.1:1"], input: Client);
        Assert.Equal("Opus 5.5\n", (await alone.EndAsync()).Output);
        using var byHand = RunningProgram.Start(["statusline", "--url", "nonsense"]);
        var outcome = await byHand.EndAsync();
        Assert.Equal((0, "Dragoman\n"), (outcome.ExitCode, outcome.Output));
    }

    private static async Task AskAsync(OllamaGateway gateway, string model, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = new StringContent(JsonSerializer.Serialize(new { model, max_tokens = 50, messages = new[] { new { role = "user", content = text } } }), System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Claude-Code-Session-Id", Session);
        request.Headers.Add("x-api-key", "secret");
        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
        await response.Content.ReadAsStringAsync();
    }

    private static async Task<string> RunAsync(OllamaGateway gateway, string key)
    {
        using var program = RunningProgram.Start(["statusline"], new Dictionary<string, string> { ["ANTHROPIC_BASE_URL"] = gateway.Client.BaseAddress!.ToString(), ["ANTHROPIC_AUTH_TOKEN"] = key }, input: Client);
        return (await program.EndAsync()).Output;
    }
}
