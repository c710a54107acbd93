using System.Text;
using System.Text.Json;
using Dragoman.Tests.EndToEnd;
using Dragoman.Upstreams.Anthropic;

namespace Dragoman.Tests.Providers.Anthropic;

/// <summary>What goes wrong upstream reaches the client as the upstream says it, or as an error of the same form, or not at all because somebody else answers.</summary>
public sealed class PassedFailureTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_is_passed_on_with_its_status_body_and_limits(bool stream)
    {
        var refusal = AnthropicReply.Error(429, "rate_limit_error", "This request would exceed your limit") with
        {
            Headers = new Dictionary<string, string> { ["retry-after"] = "12", ["anthropic-ratelimit-requests-remaining"] = "0", ["x-should-retry"] = "true", ["set-cookie"] = "c=1", ["server"] = "cloudflare" },
        };
        var gateway = await AnthropicGateway.StartAsync(refusal);
        await using (gateway)
        {
            var (response, body) = await gateway.SendAsync(AnthropicGateway.Body(stream));
            Assert.Equal((429, "application/json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            Assert.Equal(Encoding.UTF8.GetString(refusal.Body.Span), body);
            Assert.Equal(("12", "0", "true"), (One(response, "retry-after"), One(response, "anthropic-ratelimit-requests-remaining"), One(response, "x-should-retry")));
            Assert.NotEqual("req_011Sim", One(response, "request-id"));
            Assert.False(response.Headers.Contains("set-cookie"));
        }

        Assert.Contains("upstream req_011Sim", gateway.Log, StringComparison.Ordinal);
        Assert.Contains("This request would exceed your limit", gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_come_with_good_answers_too()
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("x", "hi") with { Headers = new Dictionary<string, string> { ["anthropic-ratelimit-tokens-remaining"] = "41000", ["anthropic-organization-id"] = "o" } });
        var (response, _) = await gateway.SendAsync(AnthropicGateway.Body());
        Assert.Equal(("41000", "o"), (One(response, "anthropic-ratelimit-tokens-remaining"), One(response, "anthropic-organization-id")));
    }

    [Fact]
    public async Task An_error_that_begins_a_stream_is_a_real_status()
    {
        const string error = """{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"},"request_id":"req_011"}""";
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Stream(error));
        var (response, body) = await gateway.SendAsync(AnthropicGateway.Body());
        Assert.Equal((529, error), ((int)response.StatusCode, body));
    }

    [Fact]
    public async Task An_error_in_the_middle_of_a_stream_is_passed_on_as_it_is()
    {
        var good = Encoding.UTF8.GetString(AnthropicReply.Text("anthropic/claude-x", "one").Body.Span);
        var begun = good[..good.IndexOf("event: content_block_stop", StringComparison.Ordinal)];
        var frames = begun + AnthropicReply.Frame("""{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}, "request_id":"req_011"}""");
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Raw(frames));
        Assert.Equal(frames, (await gateway.SendAsync(AnthropicGateway.Body())).Body);
    }

    [Fact]
    public async Task A_failure_before_the_first_event_leads_to_the_next_target()
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Error(529, "overloaded_error", "Overloaded"), configure: Chain);
        var (response, body) = await gateway.SendAsync(AnthropicGateway.Body(model: "m"));
        Assert.Equal("demo/demo", One(response, "x-dragoman-model"));
        Assert.Equal("end_turn", SseEvent.StopReason(SseEvent.ParseAll(body)));
    }

    [Fact]
    public async Task After_the_grace_the_next_target_begins_the_message_that_nobody_has_begun()
    {
        var hold = new TaskCompletionSource();
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Error(529, "overloaded_error", "Overloaded") with { BeforeHeaders = hold.Task }, configure: options =>
        {
            Chain(options);
            (options.FirstEventGraceSeconds, options.PingIntervalSeconds) = (0, 0.05);
        });
        using var response = await gateway.AskAsync(AnthropicGateway.Body(model: "m"));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(": waiting for the upstream", await reader.ReadLineAsync());
        hold.SetResult();
        var rest = await reader.ReadToEndAsync();
        var events = SseEvent.ParseAll(rest[rest.IndexOf("event:", StringComparison.Ordinal)..]);
        Assert.Equal("message_start", events[0].Type);
        Assert.Equal("end_turn", SseEvent.StopReason(events));
    }

    [Fact]
    public async Task A_slow_upstream_is_waited_for_with_comments_and_begins_its_message_itself()
    {
        var hold = new TaskCompletionSource();
        var reply = AnthropicReply.Text("anthropic/claude-x", "late") with { BeforeHeaders = hold.Task };
        await using var gateway = await AnthropicGateway.StartAsync(reply, configure: options => (options.FirstEventGraceSeconds, options.PingIntervalSeconds) = (0, 1000));
        using var response = await gateway.AskAsync(AnthropicGateway.Body());
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(": waiting for the upstream", await reader.ReadLineAsync());
        Assert.Equal("", await reader.ReadLineAsync());
        hold.SetResult();
        Assert.EndsWith(Encoding.UTF8.GetString(reply.Body.Span), await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pings_come_between_frames_never_inside_one()
    {
        var hold = new TaskCompletionSource();
        var reply = AnthropicReply.Text("anthropic/claude-x", "one", "two");
        var text = Encoding.UTF8.GetString(reply.Body.Span);
        // In the middle of the frame of "two".
        reply = reply with { Pause = hold.Task, PauseAt = Encoding.UTF8.GetByteCount(text[..text.IndexOf("two", StringComparison.Ordinal)]) };
        await using var gateway = await AnthropicGateway.StartAsync(reply, configure: options => options.PingIntervalSeconds = 0.05);
        using var response = await gateway.AskAsync(AnthropicGateway.Body());
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = new StringBuilder();
        var pings = 0;
        // The upstream's own ping has a space in it.
        while (pings < 2 && await reader.ReadLineAsync() is { } line)
        {
            seen.Append(line).Append('\n');
            if (line == "data: {\"type\":\"ping\"}") pings++;
        }

        hold.SetResult();
        seen.Append(await reader.ReadToEndAsync());
        Assert.Equal(text, seen.ToString().Replace("event: ping\ndata: {\"type\":\"ping\"}\n\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_upstreams_request()
    {
        var never = new TaskCompletionSource();
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("x", "one") with { Pause = never.Task, PauseAt = 300 }, configure: options => options.FirstEventGraceSeconds = 0);
        var response = await gateway.AskAsync(AnthropicGateway.Body());
        await AnthropicGateway.Within(gateway.Anthropic.WaitForRequestAsync);
        response.Dispose();
        await AnthropicGateway.Within(gateway.Anthropic.WaitForAbandonedAsync);
    }

    [Theory]
    [InlineData("content_block_stop", "ended without an end")]
    [InlineData("\"stop_reason\":\"end_turn\"", "ended without an end")]
    public async Task A_stream_that_is_cut_off_ends_with_an_error(string at, string expected)
    {
        var text = Encoding.UTF8.GetString(AnthropicReply.Text("anthropic/claude-x", "one").Body.Span);
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Raw(text[..text.IndexOf(at, StringComparison.Ordinal)]));
        var events = SseEvent.ParseAll((await gateway.SendAsync(AnthropicGateway.Body())).Body);
        Assert.Equal(("error", "api_error"), (events[^1].Type, events[^1].Data.GetProperty("error").GetProperty("type").GetString()));
        Assert.Contains(expected, events[^1].Data.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_mid_stream_ends_with_an_error()
    {
        var hold = new TaskCompletionSource();
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("x", "one") with { BreakAfter = 400, PauseAt = 400, Pause = hold.Task });
        using var response = await gateway.AskAsync(AnthropicGateway.Body());
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("event: message_start", await reader.ReadLineAsync());
        hold.SetResult();
        var rest = await reader.ReadToEndAsync();
        Assert.Equal("error", SseEvent.ParseAll(rest[rest.IndexOf("event:", StringComparison.Ordinal)..])[^1].Type);
    }

    [Theory]
    [InlineData(true, "<html>Sign in</html>", "text/html", 200, 502)]
    [InlineData(true, "", "text/event-stream", 200, 502)]
    [InlineData(true, "event: message_start\ndata: {\"type\":\"mess\n\n", "text/event-stream", 200, 502)]
    [InlineData(true, "{\"id\":\"chatcmpl\"}", "application/json", 200, 502)]
    [InlineData(true, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no\"}}", "application/json", 200, 400)]
    [InlineData(false, "", "application/json", 200, 502)]
    [InlineData(false, "{\"type\":\"message\"", "application/json", 200, 502)]
    [InlineData(false, "[]", "application/json", 200, 502)]
    [InlineData(false, "<html>502</html>", "text/html", 502, 502)]
    [InlineData(true, "404 page not found", "text/plain", 404, 404)]
    [InlineData(true, "{\"error\":\"model 'x' not found\"}", "application/json", 404, 404)]
    [InlineData(false, "{\"error\":{\"message\":\"busy\",\"code\":503}}", "application/json", 503, 529)]
    [InlineData(true, "", "text/plain", 302, 502)]
    public async Task Whatever_is_not_the_apis_form_becomes_an_error_that_is(bool stream, string sent, string type, int status, int expected)
    {
        await using var gateway = await AnthropicGateway.StartAsync(new AnthropicReply(Encoding.UTF8.GetBytes(sent)) { ContentType = type, Status = status });
        var (response, body) = await gateway.SendAsync(AnthropicGateway.Body(stream));
        Assert.Equal(expected, (int)response.StatusCode);
        var error = JsonDocument.Parse(body).RootElement;
        Assert.Equal("error", error.GetProperty("type").GetString());
        Assert.NotEqual("", error.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_is_a_503()
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("x", "hi"));
        await gateway.Anthropic.DisposeAsync();
        var (response, body) = await gateway.SendAsync(AnthropicGateway.Body());
        Assert.Equal(503, (int)response.StatusCode);
        Assert.Contains("can't be reached", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_keeps_the_connection_open_after_the_last_event_holds_nobody_up()
    {
        var never = new TaskCompletionSource();
        var reply = AnthropicReply.Text("anthropic/claude-x", "hi") with { AfterBody = never.Task };
        await using var gateway = await AnthropicGateway.StartAsync(reply);
        Assert.Equal(Encoding.UTF8.GetString(reply.Body.Span), (await gateway.SendAsync(AnthropicGateway.Body())).Body);
    }

    private static void Chain(DragomanOptions options) => options.Models["m"] = JsonDocument.Parse("""["anthropic/claude-x","demo/demo"]""").RootElement;

    private static string? One(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;
}
