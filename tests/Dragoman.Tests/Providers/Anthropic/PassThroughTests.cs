using System.Net;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Anthropic;

namespace Dragoman.Tests.Providers.Anthropic;

/// <summary>What goes in comes out, through the whole gateway over HTTP.</summary>
public sealed class PassThroughTests
{
    private static readonly string Listed = """{"data":[{"type":"model","id":"claude-x","display_name":"Claude X"}],"has_more":false}""";

    [Fact]
    public async Task A_text_answer_is_streamed_byte_for_byte()
    {
        var reply = AnthropicReply.Text("anthropic/claude-x", "Grüße ", "👋 \u2028");
        await using var gateway = await AnthropicGateway.StartAsync(reply);
        var (response, body) = await gateway.SendAsync(AnthropicGateway.Body());
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Utf8(reply), body);
    }

    [Fact]
    public async Task A_whole_answer_keeps_every_byte_but_the_name_of_the_model()
    {
        var reply = AnthropicReply.Whole("claude-x-20260101", "Grüße");
        await using var gateway = await AnthropicGateway.StartAsync(reply);
        var (response, body) = await gateway.SendAsync(AnthropicGateway.Body(stream: false));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Utf8(reply).Replace("\"claude-x-20260101\"", "\"anthropic/claude-x\"", StringComparison.Ordinal), body);
    }

    [Fact]
    public async Task A_stream_begins_with_the_name_that_the_client_asked_for()
    {
        var reply = AnthropicReply.Text("claude-x-20260101", "claude-x-20260101");
        await using var gateway = await AnthropicGateway.StartAsync(reply);
        var (_, body) = await gateway.SendAsync(AnthropicGateway.Body());
        Assert.Equal(Utf8(reply).Replace("\"model\":\"claude-x-20260101\"", "\"model\":\"anthropic/claude-x\"", StringComparison.Ordinal), body);
    }

    [Fact]
    public async Task With_returnRealModel_the_answer_keeps_its_name()
    {
        var reply = AnthropicReply.Text("claude-x-20260101", "hi");
        await using var gateway = await AnthropicGateway.StartAsync(reply, configure: options => options.ReturnRealModel = true);
        var (_, body) = await gateway.SendAsync(AnthropicGateway.Body());
        Assert.Equal(Utf8(reply), body);
    }

    [Fact]
    public async Task A_request_that_names_the_upstreams_model_arrives_byte_for_byte_and_so_does_the_answer()
    {
        var reply = AnthropicReply.Text("claude-x-20260101", "hi");
        await using var gateway = await AnthropicGateway.StartAsync(new AnthropicScenario { Reply = _ => reply, Models = _ => AnthropicReply.Json(Listed) });
        var sent = AnthropicGateway.Body(
            model: "claude-x",
            fields: """ "system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1.329.0a8;"}] , "brand_new":{"b" : 1.0,"a":[ ]}, "context_management":{"edits":[{"type":"clear_tool_uses_20250919","trigger":{"type":"tool_uses","value":1},"keep":{"type":"tool_uses","value":0}}]}, """,
            messages: """[{"role":"user","content":"\u0068i"}, {"content":[{"type":"tool_use","id":"t1","name":"x","input":{"deep" : [1.50]}}],"role":"assistant"},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"image","source":{"type":"url","url":"https://images.example/x.png"}}]}]}]""");
        var (_, body) = await gateway.SendAsync(sent);
        Assert.Equal(Utf8(reply), body);
        Assert.Equal(sent, Assert.Single(gateway.Anthropic.Asked).Body);
    }

    [Fact]
    public async Task Only_the_name_of_the_model_is_replaced_in_a_request()
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("x", "hi"));
        var sent = AnthropicGateway.Body(fields: """ "metadata":{"model":"anthropic/claude-x"}, """);
        await gateway.SendAsync(sent);
        Assert.Equal(sent.Replace("\"model\" : \"anthropic/claude-x\"", "\"model\" : \"claude-x\"", StringComparison.Ordinal), Assert.Single(gateway.Anthropic.Asked).Body);
    }

    [Theory]
    [InlineData("""[{"role":"user","content":[{"type":"hologram","of":"a cat"}]}]""")]
    [InlineData("""[{"role":"narrator","content":"once"}]""")]
    public async Task What_the_gateway_does_not_know_is_the_upstreams_to_judge(string messages)
    {
        var reply = AnthropicReply.Text("anthropic/claude-x", "fine");
        await using var gateway = await AnthropicGateway.StartAsync(reply, configure: options => options.Models["known"] = JsonDocument.Parse("\"demo/demo\"").RootElement);
        Assert.Equal(Utf8(reply), (await gateway.SendAsync(AnthropicGateway.Body(messages: messages))).Body);
        var (refused, error) = await gateway.SendAsync(AnthropicGateway.Body(model: "known", messages: messages));
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains("messages.0", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_no_request_at_all_goes_nowhere()
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("x", "hi"));
        Assert.Equal(400, (int)(await gateway.SendAsync("""{"model":"anthropic/claude-x","messages":[}""")).Response.StatusCode);
        Assert.Equal(400, (int)(await gateway.SendAsync("""{"messages":[]}""")).Response.StatusCode);
        Assert.Empty(gateway.Anthropic.Requests);
    }

    [Fact]
    public async Task Headers_that_mean_something_to_the_upstream_go_along_and_no_others()
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("x", "hi"));
        await gateway.SendAsync(
            AnthropicGateway.Body(),
            headers: [("anthropic-version", "2026-10-21"), ("anthropic-beta", "a-2026-01-01"), ("anthropic-beta", "b-2026-01-01"), ("user-agent", "claude-cli/2.1.329 (external)"),
                ("x-claude-code-session-id", "s"), ("x-app", "cli"), ("x-api-key", "the-clients"), ("authorization", "Bearer the-clients"), ("cookie", "c=1"), ("x-forwarded-for", "10.0.0.1")]);
        var asked = Assert.Single(gateway.Anthropic.Asked);
        Assert.Equal("/v1/messages?beta=true", asked.Path);
        Assert.Equal(("2026-10-21", "a-2026-01-01,b-2026-01-01"), (asked.Headers["anthropic-version"], asked.Headers["anthropic-beta"].Replace(", ", ",", StringComparison.Ordinal)));
        Assert.Equal(("claude-cli/2.1.329 (external)", "s", "cli"), (asked.Headers["user-agent"], asked.Headers["x-claude-code-session-id"], asked.Headers["x-app"]));
        Assert.Equal(AnthropicGateway.Key, asked.Headers["x-api-key"]);
        Assert.All(["authorization", "cookie", "x-forwarded-for", "origin"], name => Assert.DoesNotContain(name, asked.Headers.Keys, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_client_without_a_version_gets_the_one_that_all_servers_know()
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("x", "hi"));
        await gateway.SendAsync(AnthropicGateway.Body());
        Assert.Equal("2023-06-01", Assert.Single(gateway.Anthropic.Asked).Headers["anthropic-version"]);
    }

    [Fact]
    public async Task A_token_goes_as_bearer()
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("x", "hi"), "\"authToken\":\"t\"");
        await gateway.SendAsync(AnthropicGateway.Body(), headers: ("x-api-key", "the-clients"));
        var asked = Assert.Single(gateway.Anthropic.Asked);
        Assert.Equal("Bearer t", asked.Headers["authorization"]);
        Assert.False(asked.Headers.ContainsKey("x-api-key"));
    }

    [Theory]
    [InlineData("x-api-key", "k")]
    [InlineData("authorization", "Bearer k")]
    public async Task The_clients_own_key_goes_upstream_when_it_is_configured(string header, string value)
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("x", "hi"), "\"forwardClientKey\":true,\"apiKey\":\"ours\"");
        await gateway.SendAsync(AnthropicGateway.Body(), headers: (header, value));
        await gateway.SendAsync(AnthropicGateway.Body());
        var (theirs, ours) = (gateway.Anthropic.Asked[0].Headers, gateway.Anthropic.Asked[1].Headers);
        Assert.Equal(value, theirs[header]);
        Assert.Equal(1, theirs.Keys.Count(name => name.Equals("x-api-key", StringComparison.OrdinalIgnoreCase) || name.Equals("authorization", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal("ours", ours["x-api-key"]);
    }

    [Fact]
    public async Task The_gateways_own_key_never_goes_upstream()
    {
        var refused = await Assert.ThrowsAsync<ConfigException>(() => AnthropicGateway.StartAsync(AnthropicReply.Text("x", "hi"), "\"forwardClientKey\":true", options => options.Key = "k"));
        Assert.Contains("providers.anthropic.forwardClientKey", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_has_the_upstreams_id_its_usage_and_its_reason()
    {
        var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Stream(
            """{"type":"message_start","message":{"model":"x","usage":{"input_tokens":12,"cache_creation_input_tokens":3,"cache_read_input_tokens":4,"output_tokens":1}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"pause_turn"},"usage":{"output_tokens":9}}""",
            """{"type":"message_stop"}"""));
        await using (gateway) await gateway.SendAsync(AnthropicGateway.Body());
        Assert.Contains("anthropic/claude-x -> anthropic/claude-x  15 in, 9 out", gateway.Log, StringComparison.Ordinal);
        Assert.Contains("pause_turn", gateway.Log, StringComparison.Ordinal);
        Assert.Contains("upstream req_011Sim", gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counting_is_passed_through()
    {
        await using var gateway = await AnthropicGateway.StartAsync(new AnthropicScenario
        {
            Reply = _ => AnthropicReply.Text("x", "hi"),
            Count = call => call.Number == 0 ? AnthropicReply.Json("""{"input_tokens": 2095, "new":null}""") : AnthropicReply.Error(429, "rate_limit_error", "slow down") with { Headers = new Dictionary<string, string> { ["retry-after"] = "7" } },
        });
        var sent = """{"model":"anthropic/claude-x","messages":[{"role":"user","content":[{"type":"hologram"}]}],"x":1}""";
        var (counted, body) = await gateway.SendAsync(sent, "/v1/messages/count_tokens");
        Assert.Equal((200, """{"input_tokens": 2095, "new":null}"""), ((int)counted.StatusCode, body));
        Assert.Equal(sent.Replace("anthropic/", "", StringComparison.Ordinal), Assert.Single(gateway.Anthropic.Requests, request => request.Path == "/v1/messages/count_tokens").Body);
        var (refused, error) = await gateway.SendAsync(sent, "/v1/messages/count_tokens");
        Assert.Equal((429, "7"), ((int)refused.StatusCode, refused.Headers.RetryAfter?.ToString()));
        Assert.Contains("slow down", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_count_is_estimated()
    {
        await using var gateway = await AnthropicGateway.StartAsync(new AnthropicScenario { Reply = _ => AnthropicReply.Text("x", "hi"), Count = null });
        var (counted, body) = await gateway.SendAsync("""{"model":"anthropic/claude-x","messages":[{"role":"user","content":"one two three"}]}""", "/v1/messages/count_tokens");
        Assert.Equal(200, (int)counted.StatusCode);
        Assert.True(JsonDocument.Parse(body).RootElement.GetProperty("input_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Models_are_listed_with_all_that_the_upstream_says_of_them()
    {
        var first = """{"type":"model","id":"claude-x","display_name":"Claude X","created_at":"2026-01-02T00:00:00Z","lifecycle":"deprecated","deprecated_at":"2026-02-02T00:00:00Z","retires_at":null,"line":"opus","max_input_tokens":1000000,"max_tokens":null,"capabilities":null,"newer":[1]}""";
        await using var gateway = await AnthropicGateway.StartAsync(new AnthropicScenario
        {
            Reply = _ => AnthropicReply.Text("x", "hi"),
            Models = request => AnthropicReply.Json(request.Path.Contains("after_id", StringComparison.Ordinal)
                ? """{"data":[{"id":"qwen","object":"model","created":1760000000,"owned_by":"vllm","max_model_len":40960}],"has_more":false}"""
                : $$"""{"data":[{{first}}],"has_more":true,"last_id":"claude-x"}"""),
        });
        using var list = JsonDocument.Parse(await gateway.Client.GetStringAsync("/v1/models?limit=1000"));
        var models = list.RootElement.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(first, models.Single(model => model.GetProperty("id").GetString() == "claude-x").GetRawText());
        Assert.Equal(40960, models.Single(model => model.GetProperty("id").GetString() == "qwen").GetProperty("max_input_tokens").GetInt32());
        Assert.Equal("active", models.Single(model => model.GetProperty("id").GetString() == "qwen").GetProperty("lifecycle").GetString());
    }

    [Fact]
    public async Task A_model_that_the_list_doesn_t_show_is_asked_for_by_its_name()
    {
        await using var gateway = await AnthropicGateway.StartAsync(new AnthropicScenario
        {
            Reply = _ => AnthropicReply.Text("x", "hi"),
            Model = id => id.EndsWith("latest", StringComparison.Ordinal)
                ? AnthropicReply.Json("""{"type":"model","id":"claude-x-20260102","display_name":"Claude X","created_at":"2026-01-02T00:00:00Z","max_input_tokens":1000000}""")
                : AnthropicReply.Error(404, "not_found_error", $"model: {id}"),
        }, configure: options => options.Models["claude-x-latest"] = JsonDocument.Parse("\"anthropic/claude-y-latest\"").RootElement);
        foreach (var name in (string[])["claude-x-latest", "anthropic/other-latest"])
        {
            using var model = JsonDocument.Parse(await gateway.Client.GetStringAsync($"/v1/models/{name}"));
            Assert.Equal((name, "Claude X", 1_000_000), (model.RootElement.GetProperty("id").GetString(), model.RootElement.GetProperty("display_name").GetString(), model.RootElement.GetProperty("max_input_tokens").GetInt32()));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.GetAsync(new Uri("/v1/models/anthropic/other", UriKind.Relative))).StatusCode);
        // A request for it may be answered all the same.
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync(new Uri("/v1/models/claude-unknown", UriKind.Relative))).StatusCode);
    }

    private static string Utf8(AnthropicReply reply) => Encoding.UTF8.GetString(reply.Body.Span);
}
