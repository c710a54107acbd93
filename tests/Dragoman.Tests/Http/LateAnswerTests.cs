using System.Runtime.CompilerServices;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;
using Dragoman.Tests.EndToEnd;

namespace Dragoman.Tests.Http;

/// <summary>Upstreams that take their time, refuse, break or are no longer wanted.</summary>
public sealed class LateAnswerTests
{
    private static readonly Action<DragomanOptions> Hasty = options => (options.FirstEventGraceSeconds, options.PingIntervalSeconds) = (0.05, 0.05);

    [Theory]
    [InlineData(nameof(UpstreamErrorKind.InvalidRequest), 400, "invalid_request_error")]
    [InlineData(nameof(UpstreamErrorKind.ContextOverflow), 400, "invalid_request_error")]
    [InlineData(nameof(UpstreamErrorKind.Authentication), 401, "authentication_error")]
    [InlineData(nameof(UpstreamErrorKind.Permission), 403, "permission_error")]
    [InlineData(nameof(UpstreamErrorKind.ModelNotFound), 404, "not_found_error")]
    [InlineData(nameof(UpstreamErrorKind.RateLimited), 429, "rate_limit_error")]
    [InlineData(nameof(UpstreamErrorKind.Overloaded), 529, "overloaded_error")]
    [InlineData(nameof(UpstreamErrorKind.Unreachable), 503, "api_error")]
    [InlineData(nameof(UpstreamErrorKind.TimedOut), 504, "timeout_error")]
    [InlineData(nameof(UpstreamErrorKind.Broken), 502, "api_error")]
    public async Task A_refusal_before_the_first_event_is_a_real_status(string kind, int status, string type)
    {
        await using var gateway = await ScriptedGateway.StartAsync(ScriptedProvider.Refusing(Enum.Parse<UpstreamErrorKind>(kind), "prompt is too long: 9 tokens > 8 maximum"));
        foreach (var stream in (bool[])[true, false])
        {
            var (response, body) = await gateway.SendAsync(ScriptedGateway.Body(stream));
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            var id = response.Headers.GetValues("request-id").Single();
            Assert.Equal($$"""{"type":"error","error":{"type":"{{type}}","message":"prompt is too long: 9 tokens > 8 maximum"},"request_id":"{{id}}"}""", body);
        }
    }

    [Theory]
    [InlineData(nameof(UpstreamErrorKind.RateLimited), 2.2, "3")]
    [InlineData(nameof(UpstreamErrorKind.Overloaded), 0, "0")]
    [InlineData(nameof(UpstreamErrorKind.Unreachable), 30, "30")]
    public async Task Clients_are_told_when_to_come_back(string kind, double seconds, string header)
    {
        await using var gateway = await ScriptedGateway.StartAsync(ScriptedProvider.Refusing(Enum.Parse<UpstreamErrorKind>(kind), retryAfter: TimeSpan.FromSeconds(seconds)));
        Assert.Equal(header, (await gateway.SendAsync(ScriptedGateway.Body(stream: true))).Response.Headers.GetValues("retry-after").Single());
    }

    [Fact]
    public async Task Silence_beyond_the_grace_begins_the_stream_and_pings_and_a_failure_then_is_an_event()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await ScriptedGateway.StartAsync(new ScriptedProvider((_, token) => AfterAsync(gate.Task, token, ScriptedProvider.Broken("load failed"))), Hasty);
        using var response = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-cache", response.Headers.CacheControl?.ToString());
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(["message_start", "ping", "ping"], [(await ScriptedGateway.NextAsync(reader))!.Type, (await ScriptedGateway.NextAsync(reader))!.Type, (await ScriptedGateway.NextAsync(reader))!.Type]);
        gate.SetResult();
        var failed = (await ScriptedGateway.UntilAsync(reader, "error"))[^1].Data;
        Assert.Equal("api_error", failed.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("load failed", failed.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(response.Headers.GetValues("request-id").Single(), failed.GetProperty("request_id").GetString());
        Assert.Null(await ScriptedGateway.NextAsync(reader));
    }

    [Fact]
    public async Task Silence_in_the_middle_pings_too_and_the_answer_goes_on()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await ScriptedGateway.StartAsync(new ScriptedProvider((_, token) => AroundAsync(gate.Task, token)), Hasty);
        using var response = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var events = await ScriptedGateway.UntilAsync(reader, "content_block_delta");
        // The one that follows the first block's start came before.
        Assert.Equal("ping", (await ScriptedGateway.NextAsync(reader))!.Type);
        gate.SetResult();
        events.AddRange(await ScriptedGateway.UntilAsync(reader, "message_stop"));
        Assert.Equal("before after", SseEvent.Text(events));
    }

    [Fact]
    public async Task The_first_word_arrives_while_the_upstream_still_thinks_about_the_second()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await ScriptedGateway.StartAsync(new ScriptedProvider((_, token) => AroundAsync(gate.Task, token)), options => options.PingIntervalSeconds = 600);
        using var response = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("before ", SseEvent.Text(await ScriptedGateway.UntilAsync(reader, "content_block_delta")));
        Assert.False(gate.Task.IsCompleted);
        gate.SetResult();
        await ScriptedGateway.UntilAsync(reader, "message_stop");
    }

    [Fact]
    public async Task A_failure_after_the_first_token_is_an_error_event_without_an_end()
    {
        await using var gateway = await ScriptedGateway.StartAsync(ScriptedProvider.Saying(ScriptedProvider.Text("begin"), ScriptedProvider.Broken()));
        var events = SseEvent.ParseAll((await gateway.SendAsync(ScriptedGateway.Body(stream: true))).Body);
        Assert.Equal(["message_start", "content_block_start", "ping", "content_block_delta", "error"], events.Select(step => step.Type));
        var (response, _) = await gateway.SendAsync(ScriptedGateway.Body(stream: false));
        Assert.Equal(502, (int)response.StatusCode);
    }

    [Fact]
    public async Task What_the_model_cannot_do_is_said_even_when_it_turns_out_late()
    {
        var gate = new TaskCompletionSource();
        await using var gateway = await ScriptedGateway.StartAsync(new ScriptedProvider((_, token) => ThrowingAsync(gate.Task, new InvalidRequestException("thinking: m cannot think"), token)), Hasty);
        using var response = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        gate.SetResult();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var failed = (await ScriptedGateway.UntilAsync(reader, "error"))[^1].Data.GetProperty("error");
        Assert.Equal(("invalid_request_error", "thinking: m cannot think"), (failed.GetProperty("type").GetString(), failed.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_defect_is_a_500_that_names_the_request_and_shows_nothing_of_the_inside(bool stream)
    {
        var gateway = await ScriptedGateway.StartAsync(new ScriptedProvider((_, token) => ThrowingAsync(Task.CompletedTask, new InvalidOperationException("secret inside"), token)));
        var (response, body) = await gateway.SendAsync(ScriptedGateway.Body(stream));
        Assert.Equal(500, (int)response.StatusCode);
        var error = JsonDocument.Parse(body).RootElement.GetProperty("error");
        Assert.Equal("api_error", error.GetProperty("type").GetString());
        var id = response.Headers.GetValues("request-id").Single();
        Assert.Contains(id, error.GetProperty("message").GetString());
        Assert.DoesNotContain("secret inside", body);
        Assert.DoesNotContain(" at Dragoman", body);
        await gateway.DisposeAsync();
        Assert.Matches($"{id} the gateway failed\\s+System.InvalidOperationException: secret inside", gateway.Log);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_defect_in_the_middle_of_a_stream_is_an_error_event(bool visible)
    {
        // Input of a tool that was never called: an event that no provider may send.
        ReplyEvent[] events = visible ? [ScriptedProvider.Text("begin"), ReplyEvent.OfToolInput(JsonText.From("{}"))] : [ReplyEvent.OfToolInput(JsonText.From("{}"))];
        var gateway = await ScriptedGateway.StartAsync(ScriptedProvider.Saying(events));
        var (response, body) = await gateway.SendAsync(ScriptedGateway.Body(stream: true));
        var parsed = SseEvent.ParseAll(body);
        Assert.Equal("message_start", parsed[0].Type);
        Assert.Equal("error", parsed[^1].Type);
        Assert.Contains(response.Headers.GetValues("request-id").Single(), parsed[^1].Data.GetProperty("error").GetProperty("message").GetString());
        await gateway.DisposeAsync();
        Assert.Contains("Tool input without a tool call", gateway.Log);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task When_the_client_leaves_the_upstreams_work_ends(bool stream, bool afterFirstToken)
    {
        var provider = new ScriptedProvider((_, token) => afterFirstToken ? AroundAsync(new TaskCompletionSource().Task, token) : AfterAsync(new TaskCompletionSource().Task, token));
        var gateway = await ScriptedGateway.StartAsync(provider, options => options.FirstEventGraceSeconds = 600);
        using var client = new CancellationTokenSource();
        var asking = gateway.AskAsync(ScriptedGateway.Body(stream), client.Token);
        if (afterFirstToken)
        {
            using var reader = new StreamReader(await (await asking).Content.ReadAsStreamAsync());
            await ScriptedGateway.UntilAsync(reader, "content_block_delta");
            (await asking).Dispose();
        }
        else
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (provider.Asked == 0) await Task.Delay(5, limit.Token);
            await client.CancelAsync();
        }

        await ScriptedGateway.Within(provider.Left);
        await gateway.DisposeAsync();
        Assert.Matches("499 m -> first/m .*the client went away", gateway.Log);
    }

    private static async IAsyncEnumerable<ReplyEvent> AfterAsync(Task gate, [EnumeratorCancellation] CancellationToken cancellationToken, params ReplyEvent[] events)
    {
        yield return ScriptedProvider.Opened();
        await gate.WaitAsync(cancellationToken);
        foreach (var step in events) yield return step;
    }

    private static async IAsyncEnumerable<ReplyEvent> AroundAsync(Task gate, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ScriptedProvider.Opened();
        yield return ScriptedProvider.Text("before ");
        await gate.WaitAsync(cancellationToken);
        yield return ScriptedProvider.Text("after");
        yield return ScriptedProvider.Done();
    }

    private static async IAsyncEnumerable<ReplyEvent> ThrowingAsync(Task gate, Exception exception, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ScriptedProvider.Opened();
        await gate.WaitAsync(cancellationToken);
        throw exception;
    }
}
