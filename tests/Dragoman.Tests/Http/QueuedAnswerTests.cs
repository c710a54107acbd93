using System.Runtime.CompilerServices;
using System.Text;
using Dragoman.Replies;
using Dragoman.Tests.EndToEnd;

namespace Dragoman.Tests.Http;

/// <summary>Requests that wait for their upstream's lane, and what clients are told of asking again.</summary>
public sealed class QueuedAnswerTests
{
    private static readonly Action<DragomanOptions> Hasty = options => (options.FirstEventGraceSeconds, options.PingIntervalSeconds) = (0.05, 0.05);

    [Fact]
    public async Task Who_waits_sees_the_beginning_and_pings_and_then_the_answer()
    {
        var gate = new TaskCompletionSource();
        var provider = new ScriptedProvider((_, token) => HeldAsync(gate.Task, token)) { Lane = (1, 10) };
        var gateway = await ScriptedGateway.StartAsync(provider, Hasty);
        using var first = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        using var second = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        using var reader = new StreamReader(await second.Content.ReadAsStreamAsync());
        var begun = await ScriptedGateway.NextAsync(reader);
        Assert.Equal("message_start", begun!.Type);
        // Nothing has been translated yet: the gateway's own estimate.
        Assert.InRange(begun.Data.GetProperty("message").GetProperty("usage").GetProperty("input_tokens").GetInt32(), 1, 20);
        Assert.Equal("ping", (await ScriptedGateway.NextAsync(reader))!.Type);
        Assert.Equal(1, provider.Asked);
        gate.SetResult();
        Assert.Equal("held", SseEvent.Text(await ScriptedGateway.UntilAsync(reader, "message_stop")));
        Assert.Equal(2, provider.Asked);
        await first.Content.ReadAsStringAsync();
        await gateway.DisposeAsync();
        Assert.Single(gateway.Log.Split('\n'), line => line.Contains("  queued ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_leaves_the_queue_leaves_no_trace_in_it()
    {
        var gate = new TaskCompletionSource();
        var provider = new ScriptedProvider((_, token) => HeldAsync(gate.Task, token)) { Lane = (1, 1) };
        await using var gateway = await ScriptedGateway.StartAsync(provider, Hasty);
        using var first = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        var leaving = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        var (refused, body) = await gateway.SendAsync(ScriptedGateway.Body(stream: true));
        Assert.Equal((529, "5", "true"), ((int)refused.StatusCode, refused.Headers.GetValues("retry-after").Single(), refused.Headers.GetValues("x-should-retry").Single()));
        Assert.Contains("\"overloaded_error\"", body, StringComparison.Ordinal);
        leaving.Dispose();
        // The connection's end takes its time.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        HttpResponseMessage next;
        while ((int)(next = await gateway.AskAsync(ScriptedGateway.Body(stream: true), limit.Token)).StatusCode == 529) next.Dispose();
        gate.SetResult();
        Assert.Contains("held", await next.Content.ReadAsStringAsync(limit.Token), StringComparison.Ordinal);
        next.Dispose();
    }

    [Theory]
    [InlineData("sdk", nameof(UpstreamErrorKind.Overloaded), null, "false")]
    [InlineData("claude-cli/2.1.329 (external, cli)", nameof(UpstreamErrorKind.Overloaded), null, null)]
    [InlineData("sdk", nameof(UpstreamErrorKind.Unreachable), null, "false")]
    [InlineData("sdk", nameof(UpstreamErrorKind.RateLimited), 60.0, "true")]
    [InlineData("claude-cli/2.1.329 (external, cli)", nameof(UpstreamErrorKind.RateLimited), 60.0, "true")]
    [InlineData("sdk", nameof(UpstreamErrorKind.Authentication), null, "false")]
    [InlineData("claude-cli/2.1.329 (external, cli)", nameof(UpstreamErrorKind.Permission), null, "false")]
    [InlineData("claude-cli/2.1.329 (external, cli)", nameof(UpstreamErrorKind.Misconfigured), null, "false")]
    [InlineData("sdk", nameof(UpstreamErrorKind.InvalidRequest), null, null)]
    [InlineData("sdk", nameof(UpstreamErrorKind.ContextOverflow), null, null)]
    [InlineData("sdk", nameof(UpstreamErrorKind.ModelNotFound), null, null)]
    public async Task Clients_are_told_whether_to_ask_again(string client, string kind, double? retryAfter, string? expected)
    {
        var provider = ScriptedProvider.Refusing(Enum.Parse<UpstreamErrorKind>(kind), retryAfter: retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        await using var gateway = await ScriptedGateway.StartAsync(provider, options => options.Retries.Attempts = 2);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = new StringContent(ScriptedGateway.Body(stream: true), Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("User-Agent", client);
        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal(expected, response.Headers.TryGetValues("x-should-retry", out var values) ? values.Single() : null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_model_that_is_named_is_the_one_whose_failure_is_told(bool stream)
    {
        await using var gateway = await ScriptedGateway.StartAsync(
            [("first", ScriptedProvider.Refusing(UpstreamErrorKind.RateLimited, "first/m: slow down")), ("second", ScriptedProvider.Refusing(UpstreamErrorKind.Unreachable))]);
        var (response, body) = await gateway.SendAsync(ScriptedGateway.Body(stream));
        Assert.Equal((429, "first/m"), ((int)response.StatusCode, response.Headers.GetValues("x-dragoman-model").Single()));
        Assert.Contains("first/m: slow down (Nor did others answer: second/m: not reached.)", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_repeats_of_its_own_the_gateway_says_nothing()
    {
        await using var gateway = await ScriptedGateway.StartAsync(ScriptedProvider.Refusing(UpstreamErrorKind.Overloaded));
        var (response, _) = await gateway.SendAsync(ScriptedGateway.Body(stream: true));
        Assert.False(response.Headers.Contains("x-should-retry"));
    }

    [Fact]
    public async Task A_repeat_after_the_grace_continues_the_stream_that_has_begun()
    {
        var asked = 0;
        var gate = new TaskCompletionSource();
        var provider = new ScriptedProvider((_, token) => asked++ == 0 ? FailingAsync(gate.Task, token) : HeldAsync(Task.CompletedTask, token));
        await using var gateway = await ScriptedGateway.StartAsync(provider, options => (options.FirstEventGraceSeconds, options.Retries.Attempts) = (0.01, 2));
        using var response = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var events = await ScriptedGateway.UntilAsync(reader, "message_start");
        gate.SetResult();
        events.AddRange(await ScriptedGateway.UntilAsync(reader, "message_stop"));
        Assert.Equal("held", SseEvent.Text(events));
        Assert.Single(events, step => step.Type == "message_start");
    }

    private static async IAsyncEnumerable<ReplyEvent> HeldAsync(Task gate, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ScriptedProvider.Opened();
        await gate.WaitAsync(cancellationToken);
        yield return ScriptedProvider.Text("held");
        yield return ScriptedProvider.Done();
    }

    private static async IAsyncEnumerable<ReplyEvent> FailingAsync(Task gate, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ScriptedProvider.Opened();
        await gate.WaitAsync(cancellationToken);
        yield return ReplyEvent.Failed(new UpstreamError(UpstreamErrorKind.Broken, "load failed"));
    }
}
