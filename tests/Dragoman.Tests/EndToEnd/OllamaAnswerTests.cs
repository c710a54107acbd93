using System.Diagnostics;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.EndToEnd;

public sealed class OllamaAnswerTests
{
    private const string Hello = """{"model":"qwen3:8b","max_tokens":500,"stream":true,"messages":[{"role":"user","content":"hello"}]}""";
    private const string HelloWhole = """{"model":"qwen3:8b","max_tokens":500,"messages":[{"role":"user","content":"hello"}]}""";

    [Fact(Timeout = 60_000)]
    public async Task Streams_text_with_the_real_counts_at_the_end()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("Grüße aus 東京 👋 <b>")));
        var events = await gateway.StreamAsync(Hello);
        Assert.Equal(["message_start", "content_block_start", "ping"], events.Take(3).Select(step => step.Type));
        Assert.Equal(["content_block_stop", "message_delta", "message_stop"], events.TakeLast(3).Select(step => step.Type));
        Assert.Equal("Grüße aus 東京 👋 <b>", SseEvent.Text(events));
        Assert.Equal("end_turn", SseEvent.StopReason(events));
        var usage = events[^2].Data.GetProperty("usage");
        Assert.True(usage.GetProperty("input_tokens").GetInt32() > 0);
        Assert.Equal(5, usage.GetProperty("output_tokens").GetInt32());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_the_bytes_are_split_the_answer_is_the_same(int seed)
    {
        var scenario = new OllamaScenario
        {
            Reply = _ => new ChatReply().Text("Grüße 👋 aus 東京").ToolCall("get", """{"ä":"ö👋"}"""),
            SplitSeed = seed,
            NoTrailingNewline = true,
        };
        await using var gateway = await OllamaGateway.StartAsync(scenario);
        var events = await gateway.StreamAsync(Hello.Replace("\"stream\":true", "\"stream\":true,\"tools\":[{\"name\":\"get\",\"input_schema\":{\"type\":\"object\"}}]"));
        Assert.Equal("Grüße 👋 aus 東京", SseEvent.Text(events));
        Assert.Equal("""{"ä":"ö👋"}""", SseEvent.Text(events, "partial_json"));
        Assert.Equal("tool_use", SseEvent.StopReason(events));
    }

    [Fact(Timeout = 60_000)]
    public async Task While_the_model_is_silent_the_client_gets_headers_message_start_and_pings()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await OllamaGateway.StartAsync(
            OllamaScenario.Always(() => new ChatReply().WaitFor(gate.Task).Text("late")),
            options => (options.FirstEventGraceSeconds, options.PingIntervalSeconds) = (0.05, 0.05));
        using var response = await gateway.AskAsync(Hello);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = "";
        while (!seen.Contains("event: ping\ndata: {\"type\":\"ping\"}\n\nevent: ping")) seen += await reader.ReadLineAsync() + "\n";
        Assert.StartsWith("event: message_start\n", seen);
        Assert.DoesNotContain("content_block_start", seen);
        gate.SetResult();
        var rest = await reader.ReadToEndAsync();
        Assert.Contains("late", rest);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", rest);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_piece_reaches_the_client_while_the_model_still_writes()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("first").WaitFor(gate.Task).Text("second")));
        using var response = await gateway.AskAsync(Hello);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line && !line.Contains("first"))
        {
        }

        Assert.False(gate.Task.IsCompleted);
        gate.SetResult();
        Assert.Contains("second", await reader.ReadToEndAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_model_is_a_404_that_says_what_to_pull()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Agent());
        var (status, body) = await gateway.SendAsync(Hello.Replace("qwen3:8b", "qwen9:1b"));
        Assert.Equal(404, status);
        Assert.Equal("not_found_error", body.GetProperty("error").GetProperty("type").GetString());
        Assert.Contains("ollama pull qwen9:1b", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Ollama_not_running_is_a_503_that_says_what_to_start()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Agent());
        await gateway.Ollama.DisposeAsync();
        var (status, body) = await gateway.SendAsync(Hello);
        Assert.Equal(503, status);
        Assert.Contains("ollama serve", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_busy_server_is_a_529_with_its_retry_after()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => ChatReply.HttpError(503, """{"error":"server busy, please try again.  maximum pending requests exceeded"}""", ("Retry-After", "7"))));
        using var response = await gateway.AskAsync(Hello);
        Assert.Equal(529, (int)response.StatusCode);
        Assert.Equal("7", response.Headers.GetValues("retry-after").Single());
        Assert.Contains("overloaded_error", await response.Content.ReadAsStringAsync());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_prompt_that_does_not_fit_is_refused_with_the_real_numbers(bool stream)
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Agent(), settings: ",\"numCtx\":1000");
        var (status, body) = await gateway.SendAsync((stream ? Hello : HelloWhole).Replace("hello", new string('x', 40_000)));
        Assert.Equal(400, status);
        Assert.Matches(@"^prompt is too long: 100\d\d tokens > 1000 maximum$", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task An_error_in_the_middle_is_an_error_event()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("begin").Error("model runner has unexpectedly stopped")));
        AssertFailed(await gateway.StreamAsync(Hello), "model runner has unexpectedly stopped");
        var (status, body) = await gateway.SendAsync(HelloWhole);
        Assert.Equal(502, status);
        Assert.Contains("unexpectedly stopped", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broken_connection_is_an_error_event()
    {
        // A reset throws away what is still on its way, so it waits until the text has arrived.
        var arrived = new TaskCompletionSource();
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("begin").WaitFor(arrived.Task).Drop()));
        using var response = await gateway.AskAsync(Hello);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = "";
        while (!seen.Contains("begin")) seen += await reader.ReadLineAsync() + "\n";
        arrived.SetResult();
        AssertFailed(SseEvent.ParseAll(seen + await reader.ReadToEndAsync()), "broke in the middle of the answer");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_without_its_last_line_is_an_error_event()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("begin").EndWithoutDone()));
        AssertFailed(await gateway.StreamAsync(Hello), "ended without an end");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failure_after_the_grace_is_an_error_event()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await OllamaGateway.StartAsync(
            OllamaScenario.Always(() => new ChatReply().WaitFor(gate.Task).Error("load failed")), options => options.FirstEventGraceSeconds = 0.05);
        using var response = await gateway.AskAsync(Hello);
        Assert.Equal(200, (int)response.StatusCode);
        gate.SetResult();
        AssertFailed(SseEvent.ParseAll(await response.Content.ReadAsStringAsync()), "load failed");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_upstream_that_falls_silent_is_given_up()
    {
        await using var gateway = await OllamaGateway.StartAsync(
            OllamaScenario.Always(() => new ChatReply().Text("begin").WaitFor(new TaskCompletionSource().Task)), options => options.IdleTimeoutSeconds = 0.3);
        AssertFailed(await gateway.StreamAsync(Hello), "no byte from");
        await gateway.Ollama.WaitForOpenChatsAsync(0, new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_the_client_goes_the_upstreams_request_ends_at_once(bool afterFirstToken)
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() =>
            (afterFirstToken ? new ChatReply().Text("first") : new ChatReply()).WaitFor(new TaskCompletionSource().Task)));
        using var client = new CancellationTokenSource();
        var asking = gateway.AskAsync(Hello, client.Token);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await gateway.Ollama.WaitForChatsAsync(1, limit.Token);
        if (afterFirstToken) await (await asking).Content.ReadAsStreamAsync(limit.Token);
        var clock = Stopwatch.StartNew();
        await client.CancelAsync();
        if (afterFirstToken) (await asking).Dispose();
        await gateway.Ollama.WaitForOpenChatsAsync(0, limit.Token);
        Assert.Equal(1, gateway.Ollama.AbortedChats);
        TestContext.Current.SendDiagnosticMessage($"cancelled upstream after {clock.ElapsedMilliseconds} ms");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_remote_server_gets_its_key_and_a_wrong_one_says_how_to_sign_in()
    {
        var scenario = new OllamaScenario { Reply = _ => new ChatReply().Text("hi"), Key = "secret" };
        await using (var good = await OllamaGateway.StartAsync(scenario, settings: ",\"apiKey\":\"secret\""))
        {
            Assert.Equal(200, (await good.SendAsync(HelloWhole)).Status);
        }

        await using var bad = await OllamaGateway.StartAsync(scenario, settings: ",\"apiKey\":\"wrong\"");
        var (status, body) = await bad.SendAsync(HelloWhole);
        Assert.Equal(401, status);
        Assert.Contains("https://ollama.com/connect", body.GetProperty("error").GetProperty("message").GetString());
    }

    private static void AssertFailed(List<SseEvent> events, string message)
    {
        Assert.Equal("message_start", events[0].Type);
        Assert.Equal("error", events[^1].Type);
        Assert.Contains(message, events[^1].Data.GetProperty("error").GetProperty("message").GetString());
        Assert.StartsWith("req_", events[^1].Data.GetProperty("request_id").GetString());
        Assert.DoesNotContain(events, step => step.Type is "message_delta" or "message_stop");
    }
}
