using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;
using Dragoman.Tests.EndToEnd;

namespace Dragoman.Tests.Http;

/// <summary>What an answer looks like on the wire, streaming and whole, and which upstream gives it.</summary>
public sealed class AnswerFormTests
{
    [Fact]
    public async Task Text_of_any_script_survives_both_ways_split_anywhere()
    {
        const string text = "Grüße 東京 👋🏽 \u200Fשלום \u2028 \"q\" \\ \t\n <b>&amp;</b> \u0001";
        var pieces = new List<ReplyEvent>();
        for (var at = 0; at < text.Length;)
        {
            var length = char.IsHighSurrogate(text[at]) ? 2 : 1;
            pieces.Add(ScriptedProvider.Text(text.Substring(at, length)));
            at += length;
        }

        var provider = ScriptedProvider.Saying([.. pieces, ScriptedProvider.Done()]);
        await using var gateway = await ScriptedGateway.StartAsync(provider);
        var request = ScriptedGateway.Body(stream: true).Replace("\"hi\"", JsonSerializer.Serialize(text));
        Assert.Equal(text, SseEvent.Text(SseEvent.ParseAll((await gateway.SendAsync(request)).Body)));
        Assert.Equal(text, ((TextBlock)provider.Request!.Messages[0].Content[0]).Text.ToString());
        var whole = JsonDocument.Parse((await gateway.SendAsync(ScriptedGateway.Body(stream: false))).Body).RootElement;
        Assert.Equal(text, whole.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_whole_message_has_every_field_of_the_type()
    {
        await using var gateway = await ScriptedGateway.StartAsync(ScriptedProvider.Saying(
            ReplyEvent.OfText(JsonText.From("x")), ReplyEvent.Finished(new Finish(StopReason.StopSequence, new Usage(5, 9, CacheReadTokens: 3, ThinkingTokens: 2)) { StopSequence = "END" })));
        var (response, body) = await gateway.SendAsync(ScriptedGateway.Body(stream: false));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var id = JsonDocument.Parse(body).RootElement.GetProperty("id").GetString()!;
        Assert.Matches("^msg_[0-9A-Za-z]{24}$", id);
        Assert.Equal(
            $$$"""{"id":"{{{id}}}","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"x","citations":null}],"stop_reason":"stop_sequence","stop_sequence":"END","stop_details":null,"container":null,"diagnostics":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":0,"cache_read_input_tokens":3,"output_tokens":9,"cache_creation":null,"output_tokens_details":{"thinking_tokens":2},"server_tool_use":null,"service_tier":null,"inference_geo":null}}""",
            body);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\"thinking\":{\"type\":\"disabled\"},", "")]
    [InlineData("\"thinking\":{\"type\":\"between_tools\"},", "")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"},", "deep thought")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"},", "sealed")]
    public async Task Thinking_is_shown_sealed_or_left_out_as_the_client_asks(string fields, string expected)
    {
        await using var gateway = await ScriptedGateway.StartAsync(ScriptedProvider.Saying(ReplyEvent.OfThinking(JsonText.From("deep ")), ReplyEvent.OfThinking(JsonText.From("thought")), ScriptedProvider.Text("x"), ScriptedProvider.Done()));
        var whole = JsonDocument.Parse((await gateway.SendAsync(ScriptedGateway.Body(stream: false, fields))).Body).RootElement.GetProperty("content").EnumerateArray().ToList();
        var events = SseEvent.ParseAll((await gateway.SendAsync(ScriptedGateway.Body(stream: true, fields))).Body);
        if (expected.Length == 0)
        {
            Assert.Equal("text", Assert.Single(whole).GetProperty("type").GetString());
            Assert.Equal("", SseEvent.Text(events, "signature"));
            return;
        }

        var signature = ThinkingSignature.Open(whole[0].GetProperty("signature").GetString()!)!;
        Assert.Equal(("first", "m"), (signature.Provider, signature.Model));
        Assert.Equal(expected == "sealed" ? "deep thought" : null, signature.Thinking);
        Assert.Equal(expected == "sealed" ? "" : expected, whole[0].GetProperty("thinking").GetString());
        Assert.Equal(whole[0].GetProperty("signature").GetString(), SseEvent.Text(events, "signature"));
        Assert.Equal(whole[0].GetProperty("thinking").GetString(), SseEvent.Text(events, "thinking"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_approximated_stands_in_a_header_that_no_text_can_break(bool stream)
    {
        await using var gateway = await ScriptedGateway.StartAsync(new ScriptedProvider((_, _) => DegradedAsync("documents=text", "title=a\r\nx-evil: ü")));
        var (response, _) = await gateway.SendAsync(ScriptedGateway.Body(stream));
        Assert.Equal("documents=text, title=a??x-evil: ?", response.Headers.GetValues("x-dragoman-degraded").Single());
        Assert.Equal("first/m", response.Headers.GetValues("x-dragoman-model").Single());
    }

    [Fact]
    public async Task The_next_target_answers_when_the_first_fails_before_anything_was_visible()
    {
        var first = ScriptedProvider.Refusing(UpstreamErrorKind.Overloaded, "too busy");
        var second = ScriptedProvider.Saying(ReplyEvent.OfThinking(JsonText.From("hm")), ScriptedProvider.Text("second"), ScriptedProvider.Done());
        var gateway = await ScriptedGateway.StartAsync([("first", first), ("second", second)]);
        var (response, body) = await gateway.SendAsync(ScriptedGateway.Body(stream: true, "\"thinking\":{\"type\":\"adaptive\"},"));
        var events = SseEvent.ParseAll(body);
        Assert.Equal("second", SseEvent.Text(events));
        Assert.Equal("second/m", response.Headers.GetValues("x-dragoman-model").Single());
        Assert.Equal("second", ThinkingSignature.Open(SseEvent.Text(events, "signature"))!.Provider);
        await gateway.DisposeAsync();
        Assert.Contains("first/m failed (too busy), trying second/m", gateway.Log);
    }

    [Fact]
    public async Task The_next_target_is_still_possible_after_the_grace()
    {
        var gate = new TaskCompletionSource();
        var second = ScriptedProvider.Saying(ScriptedProvider.Text("second"), ScriptedProvider.Done());
        await using var gateway = await ScriptedGateway.StartAsync([("first", new ScriptedProvider((_, token) => RefusingAfterAsync(gate.Task, token))), ("second", second)], options => options.FirstEventGraceSeconds = 0.01);
        using var response = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await ScriptedGateway.UntilAsync(reader, "message_start");
        gate.SetResult();
        Assert.Equal("second", SseEvent.Text(await ScriptedGateway.UntilAsync(reader, "message_stop")));
    }

    [Theory]
    [InlineData("visible", 200)]
    [InlineData("invalid", 400)]
    public async Task There_is_no_way_back_after_the_first_token_nor_where_another_target_would_not_help(string failure, int status)
    {
        var first = failure switch
        {
            "visible" => ScriptedProvider.Saying(ScriptedProvider.Text("x"), ScriptedProvider.Broken()),
            _ => ScriptedProvider.Refusing(UpstreamErrorKind.InvalidRequest),
        };
        var second = ScriptedProvider.Saying(ScriptedProvider.Done());
        await using var gateway = await ScriptedGateway.StartAsync([("first", first), ("second", second)]);
        var (response, body) = await gateway.SendAsync(ScriptedGateway.Body(stream: true));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains("\"type\":\"error\"", body);
        Assert.Equal(0, second.Asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_ends_without_saying_so_is_a_failure(bool visible)
    {
        await using var gateway = await ScriptedGateway.StartAsync(visible ? ScriptedProvider.Saying(ScriptedProvider.Text("x")) : ScriptedProvider.Saying());
        var (response, body) = await gateway.SendAsync(ScriptedGateway.Body(stream: true));
        Assert.Equal(visible ? 200 : 502, (int)response.StatusCode);
        Assert.Contains("the answer ended without saying so", body);
    }

    [Fact]
    public async Task The_upstreams_own_count_is_taken_where_it_has_one()
    {
        await using var gateway = await ScriptedGateway.StartAsync(new ScriptedProvider((_, _) => DegradedAsync()) { Count = 4711 });
        using var content = new StringContent("""{"model":"m","messages":[{"role":"user","content":"x"}]}""", Encoding.UTF8, "application/json");
        using var response = await gateway.Client.PostAsync("/v1/messages/count_tokens?beta=true", content);
        Assert.Equal("""{"input_tokens":4711}""", await response.Content.ReadAsStringAsync());
        Assert.Equal("first/m", response.Headers.GetValues("x-dragoman-model").Single());
    }

    [Fact]
    public async Task A_host_application_may_put_the_gateway_below_a_prefix()
    {
        await using var gateway = await ScriptedGateway.StartAsync([("first", ScriptedProvider.Saying(ScriptedProvider.Text("x"), ScriptedProvider.Done()))], prefix: "/anthropic");
        using var content = new StringContent(ScriptedGateway.Body(stream: false), Encoding.UTF8, "application/json");
        Assert.Equal(200, (int)(await gateway.Client.PostAsync("/anthropic/v1/messages", content)).StatusCode);
        Assert.Equal("not_found_error", (await gateway.GetAsync("/anthropic/v1/nothing")).Body.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(404, (int)(await gateway.Client.GetAsync("/v1/models")).StatusCode);
    }

    private static async IAsyncEnumerable<ReplyEvent> DegradedAsync(params string[] degraded)
    {
        await Task.Yield();
        yield return ScriptedProvider.Opened(degraded);
        yield return ScriptedProvider.Done();
    }

    private static async IAsyncEnumerable<ReplyEvent> RefusingAfterAsync(Task gate, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        yield return ReplyEvent.Failed(new UpstreamError(UpstreamErrorKind.Unreachable, "gone"));
    }
}
