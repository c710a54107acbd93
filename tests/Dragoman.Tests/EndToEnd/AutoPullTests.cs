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
    public async Task One_who_leaves_takes_nothing_from_one_who_waits_too()
    {
        var gate = new TaskCompletionSource();
        // Both are let through to the same download: the model's lane would keep one of them back.
        await using var gateway = await OllamaGateway.StartAsync(Scenario with { PullGate = gate.Task }, settings: ",\"autoPull\":true,\"concurrency\":4");
        using var leaving = new CancellationTokenSource();
        var first = gateway.AskAsync(Request.Replace("\"stream\":true,", ""), leaving.Token);
        var second = gateway.SendAsync(Request.Replace("\"stream\":true,", ""));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (gateway.Ollama.Requests.Count(request => request.Path == "/api/show") < 2) await Task.Delay(20, limit.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        Assert.Equal(200, (await second).Status);
        Assert.Equal(1, gateway.Ollama.Requests.Count(request => request.Path == "/api/pull"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_download_may_be_longer_than_the_limits_of_an_answer()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await OllamaGateway.StartAsync(
            Scenario with { PullGate = gate.Task },
            options => (options.FirstEventGraceSeconds, options.PingIntervalSeconds, options.IdleTimeoutSeconds) = (0, 1, 1),
            ",\"autoPull\":true,\"firstEventTimeoutSeconds\":1");
        using var answer = await gateway.AskAsync(Request);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        // A ping a second, and neither limit more than one.
        for (var pings = 0; pings < 3;)
        {
            var line = await reader.ReadLineAsync();
            Assert.NotNull(line);
            Assert.NotEqual("event: error", line);
            if (line == "event: ping") pings++;
        }

        gate.SetResult();
        Assert.Contains("message_stop", await reader.ReadToEndAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_log_tells_how_far_it_is()
    {
        var gateway = await OllamaGateway.StartAsync(Scenario with { Pullable = [new SimulatedModel { Name = "tiny:1b", Size = 5_000_000_000 }] }, settings: ",\"autoPull\":true");
        await using (gateway) Assert.Equal(200, (await gateway.SendAsync(Request.Replace("\"stream\":true,", ""))).Status);
        var lines = gateway.Log.Split('\n').Where(line => line.Contains("ollama: ", StringComparison.Ordinal)).Select(line => line[(line.IndexOf(' ') + 1)..].TrimEnd()).ToList();
        Assert.Equal(
            [
                "ollama: downloading tiny:1b, which a request asks for (autoPull)",
                "ollama: downloading tiny:1b, 25 % of 5.0 GB", "ollama: downloading tiny:1b, 50 % of 5.0 GB", "ollama: downloading tiny:1b, 75 % of 5.0 GB", "ollama: downloading tiny:1b, 100 % of 5.0 GB",
            ],
            lines[..^1]);
        Assert.Matches("^ollama: tiny:1b is there, after [0-9]+ s$", lines[^1]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("write /root/.ollama/models/blobs/sha256-1-partial: no space left on device", 404, "not_found_error", "ollama: the download of 'tiny:1b' has filled the disk at ", "Free some of it (`ollama rm` takes models away)", 1)]
    [InlineData("pull model manifest: 412: The model you are trying to pull requires a newer version of Ollama.", 404, "not_found_error", "ollama: 'tiny:1b' needs a newer Ollama than the one at ", "https://ollama.com/download", 1)]
    [InlineData("max retries exceeded: EOF", 502, "api_error", "ollama: the download of 'tiny:1b' to ", "failed: max retries exceeded: EOF. What has arrived is kept; try again to go on from there.", 2)]
    public async Task A_download_that_fails_says_what_to_do(string cause, int status, string type, string begins, string advice, int pulls)
    {
        var gateway = await OllamaGateway.StartAsync(Scenario with { PullError = cause }, options => options.Retries.Attempts = 2, ",\"autoPull\":true");
        await using (gateway)
        {
            var (answered, body) = await gateway.SendAsync(Request.Replace("\"stream\":true,", ""));
            Assert.Equal((status, "error", type), (answered, body.GetProperty("type").GetString(), body.GetProperty("error").GetProperty("type").GetString()));
            var message = body.GetProperty("error").GetProperty("message").GetString();
            Assert.StartsWith(begins, message);
            Assert.Contains(advice, message);
            // What won't be better in a moment isn't tried again.
            Assert.Equal(pulls, gateway.Ollama.Requests.Count(request => request.Path == "/api/pull"));
        }

        Assert.Contains($" ! {begins}", gateway.Log);
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
