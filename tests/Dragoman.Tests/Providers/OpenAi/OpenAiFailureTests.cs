using System.Text.Json;
using Dragoman.Tests.EndToEnd;
using Dragoman.Upstreams.OpenAi;
using static Dragoman.Tests.Providers.OpenAi.OpenAiGateway;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>What goes wrong, through the whole gateway: always an error in Anthropic's shape, never silence and never a good end.</summary>
public sealed class OpenAiFailureTests
{
    [Theory]
    [InlineData("page", 502, "api_error", "a web page")]
    [InlineData("empty", 502, "api_error", "ended without an end")]
    [InlineData("rate-limit", 429, "rate_limit_error", "Rate limit reached")]
    public async Task A_failure_before_the_first_word_is_a_status(string scenario, int status, string type, string words)
    {
        foreach (var stream in (bool[])[true, false])
        {
            await using var gateway = await StartAsync(OpenAiScenarios.Find(scenario)!);
            using var response = await gateway.AskAsync(Question("hi", stream: stream));
            using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            var error = body.RootElement.GetProperty("error");
            Assert.Equal((status, type), ((int)response.StatusCode, error.GetProperty("type").GetString()));
            Assert.Contains(words, error.GetProperty("message").GetString(), StringComparison.Ordinal);
            if (status == 429) Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter!.Delta);
        }
    }

    [Theory]
    [InlineData("error", "The server had an error")]
    [InlineData("unfinished", "ended without an end")]
    [InlineData("truncated", "in the middle of a chunk")]
    public async Task A_failure_in_the_middle_is_an_error_event_and_no_good_end(string scenario, string words)
    {
        await using var gateway = await StartAsync(OpenAiScenarios.Find(scenario)!);
        var events = await gateway.StreamAsync(Question("hi"));
        Assert.Equal("error", events[^1].Type);
        Assert.Contains(words, events[^1].Data.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(events, step => step.Type is "message_stop" or "message_delta");
        var (status, body) = await gateway.SendAsync(Question("hi", stream: false));
        Assert.Equal((502, "error"), (status, body.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_broken_connection_in_the_middle_is_an_error_event()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await StartAsync(OpenAiScenario.InTurn(new OpenAiReply().Pieces("I begin").WaitFor(gate.Task).Drop()));
        using var response = await gateway.AskAsync(Question("hi"));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line && !line.Contains("I begin", StringComparison.Ordinal))
        {
        }

        // What the client has not read when a connection is reset may be lost.
        gate.SetResult();
        var rest = await reader.ReadToEndAsync();
        Assert.Contains("broke in the middle", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("message_stop", rest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServerKind.Cloud)]
    [InlineData(ServerKind.OpenRouter)]
    [InlineData(ServerKind.LlamaCpp)]
    public async Task An_overflow_has_the_words_that_make_claude_code_compact(ServerKind kind)
    {
        await using var gateway = await StartAsync(OpenAiScenario.Text("x") with { Kind = kind, ContextTokens = 500 });
        var (status, body) = await gateway.SendAsync(Question(new string('x', 4000)));
        Assert.Equal(400, status);
        Assert.Matches("^prompt is too long: 1[0-9]{3} tokens > 500 maximum$", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_wrong_key_a_missing_model_and_a_missing_server_are_told()
    {
        await using var wrongKey = await StartAsync(OpenAiScenario.Text("x") with { Key = "sk-other" });
        var (status, body) = await wrongKey.SendAsync(Question("hi"));
        Assert.Equal((401, "authentication_error"), (status, body.GetProperty("error").GetProperty("type").GetString()));
        Assert.Contains("providers.up.apiKey", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);

        await using var gateway = await StartAsync(OpenAiScenario.Text("x"));
        (status, _) = await gateway.SendAsync(Question("hi").Replace(Model, "up/no-such-model", StringComparison.Ordinal));
        Assert.Equal(404, status);
        await gateway.Server.DisposeAsync();
        (status, body) = await gateway.SendAsync(Question("hi"));
        Assert.Equal(503, status);
        Assert.Contains("no server answers at", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_before_and_in_the_middle_of_an_answer_ends_it()
    {
        var never = new TaskCompletionSource().Task;
        foreach (var reply in (OpenAiReply[])[new OpenAiReply().WaitFor(never), new OpenAiReply().Text("I begin").WaitFor(never)])
        {
            await using var gateway = await StartAsync(OpenAiScenario.InTurn(reply), configure: options => options.IdleTimeoutSeconds = 0.4);
            using var response = await gateway.AskAsync(Question("hi"));
            Assert.Contains("no byte from", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            await gateway.Server.WaitForOpenCallsAsync(0, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Pings_go_out_while_the_model_thinks_in_silence()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await StartAsync(OpenAiScenario.InTurn(new OpenAiReply().WaitFor(gate.Task).Text("Now.")), configure: options =>
        {
            options.FirstEventGraceSeconds = 0;
            options.PingIntervalSeconds = 0.05;
        });
        using var response = await gateway.AskAsync(Question("hi"));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var pings = 0;
        while (pings < 3)
        {
            if (await reader.ReadLineAsync() == "event: ping") pings++;
        }

        gate.SetResult();
        Assert.Contains("message_stop", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_upstream_s_work()
    {
        var never = new TaskCompletionSource().Task;
        await using var gateway = await StartAsync(OpenAiScenario.InTurn(new OpenAiReply().Text("I begin").WaitFor(never)));
        using (var response = await gateway.AskAsync(Question("hi")))
        {
            await gateway.Server.WaitForOpenCallsAsync(1, TestContext.Current.CancellationToken);
        }

        await gateway.Server.WaitForOpenCallsAsync(0, TestContext.Current.CancellationToken);
        Assert.Equal(1, gateway.Server.AbortedCalls);
    }

    [Fact]
    public async Task A_refused_key_falls_back_to_the_next_target()
    {
        await using var gateway = await StartAsync(OpenAiScenario.Text("x") with { Key = "sk-other" }, configure: options => options.Models["m"] = JsonDocument.Parse("[\"up/simulated-model\",\"demo/demo\"]").RootElement);
        var events = await gateway.StreamAsync(Question("hi").Replace(Model, "m", StringComparison.Ordinal));
        Assert.Equal("end_turn", SseEvent.StopReason(events));
    }
}
