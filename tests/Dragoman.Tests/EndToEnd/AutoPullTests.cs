using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.EndToEnd;

/// <summary>A request for a model that Ollama doesn't have.</summary>
public sealed class AutoPullTests
{
    private const string Request = """{"model":"tiny:1b","max_tokens":50,"stream":true,"messages":[{"role":"user","content":"hello"}]}""";

    private static readonly OllamaScenario Scenario = OllamaScenario.Always(() => new ChatReply().Text("one")) with { Pullable = [new SimulatedModel { Name = "tiny:1b", Capabilities = ["completion", "tools"] }] };

    [Fact(Timeout = 60_000)]
    public async Task Pings_come_while_it_is_downloaded_once_for_all_who_wait()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await OllamaGateway.StartAsync(Scenario with { PullGate = gate.Task }, options => (options.FirstEventGraceSeconds, options.PingIntervalSeconds) = (0, 1), ",\"autoPull\":true");
        using var first = await gateway.AskAsync(Request);
        using var second = await gateway.AskAsync(Request);
        using var reader = new StreamReader(await first.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is var line && line != "event: ping") Assert.NotNull(line);
        gate.SetResult();
        Assert.Contains("message_stop", await reader.ReadToEndAsync());
        Assert.Contains("message_stop", await second.Content.ReadAsStringAsync());
        Assert.Equal(1, gateway.Ollama.Requests.Count(request => request.Path == "/api/pull"));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_goes_on_when_the_one_who_asked_leaves()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await OllamaGateway.StartAsync(Scenario with { PullGate = gate.Task }, settings: ",\"autoPull\":true");
        using (var leaving = new CancellationTokenSource())
        {
            var asked = gateway.AskAsync(Request.Replace("\"stream\":true,", ""), leaving.Token);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (!gateway.Ollama.Requests.Any(request => request.Path == "/api/pull")) await Task.Delay(20, limit.Token);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        }

        gate.SetResult();
        Assert.Equal(200, (await gateway.SendAsync(Request.Replace("\"stream\":true,", ""))).Status);
        Assert.Equal(1, gateway.Ollama.Requests.Count(request => request.Path == "/api/pull"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_model_that_cannot_be_had_is_an_honest_error_and_asked_for_again_the_next_time()
    {
        await using var gateway = await OllamaGateway.StartAsync(Scenario, settings: ",\"autoPull\":true");
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var (status, body) = await gateway.SendAsync(Request.Replace("tiny:1b", "nothing:1b").Replace("\"stream\":true,", ""));
            Assert.Equal(404, status);
            Assert.Contains("there is no model 'nothing:1b' to download", body.GetProperty("error").GetProperty("message").GetString());
            Assert.Equal(attempt, gateway.Ollama.Requests.Count(request => request.Path == "/api/pull"));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_downloaded_unless_the_configuration_says_so()
    {
        await using var gateway = await OllamaGateway.StartAsync(Scenario);
        Assert.Equal(404, (await gateway.SendAsync(Request.Replace("\"stream\":true,", ""))).Status);
        Assert.DoesNotContain(gateway.Ollama.Requests, request => request.Path == "/api/pull");
    }
}
