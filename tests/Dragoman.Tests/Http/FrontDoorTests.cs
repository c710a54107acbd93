using System.Net;
using System.Text.Json;

namespace Dragoman.Tests.Http;

public sealed class FrontDoorTests
{
    private const string Hello = """{"model":"claude-opus-5","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}""";

    [Theory]
    [InlineData("/v1/messages", null)]
    [InlineData("/v1/messages?beta=true", "2023-06-01")]
    [InlineData("/v1/messages/?x=y", "2026-10-21")]
    public async Task Messages_are_found_by_the_path_alone_with_any_version(string path, string? version)
    {
        await using var door = await FrontDoor.StartAsync();
        var (response, body) = await door.SendAsync("POST", path, Hello, headers: version is null ? [] : [("anthropic-version", version)]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("req_", response.Headers.GetValues("request-id").Single());
        Assert.Equal("demo/demo", response.Headers.GetValues("x-dragoman-model").Single());
        Assert.Equal("claude-opus-5", JsonDocument.Parse(body).RootElement.GetProperty("model").GetString());
    }

    [Fact]
    public async Task The_real_model_is_returned_when_asked_for()
    {
        await using var door = await FrontDoor.StartAsync(options => options.ReturnRealModel = true);
        Assert.Equal("demo", JsonDocument.Parse((await door.SendAsync("POST", "/v1/messages", Hello)).Body).RootElement.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("GET", "/v1/messages", 405, "invalid_request_error", "POST")]
    [InlineData("DELETE", "/v1/models", 405, "invalid_request_error", "GET")]
    [InlineData("GET", "/v1/complete", 404, "not_found_error", null)]
    [InlineData("POST", "/v1/messages/batches", 404, "not_found_error", null)]
    [InlineData("GET", "/v1/models/no-such-model", 404, "not_found_error", null)]
    public async Task Paths_and_methods_that_do_not_exist_are_refused_in_anthropics_shape(string method, string path, int status, string type, string? allow)
    {
        await using var door = await FrontDoor.StartAsync();
        var (response, body) = await door.SendAsync(method, path, method == "POST" ? "{}" : null);
        Assert.Equal(status, (int)response.StatusCode);
        AssertError(body, type, response);
        if (allow is not null) Assert.Equal(allow, response.Content.Headers.Allow.Single());
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_encoded_is_refused()
    {
        await using var door = await FrontDoor.StartAsync();
        var (tooLarge, body) = await door.SendAsync("POST", "/v1/messages", Hello.Replace("hi", new string('x', 33 << 20)));
        Assert.Equal(413, (int)tooLarge.StatusCode);
        AssertError(body, "request_too_large", tooLarge);
        var (encoded, text) = await door.SendAsync("POST", "/v1/messages", Hello, headers: ("Content-Encoding", "gzip"));
        Assert.Equal(400, (int)encoded.StatusCode);
        Assert.Equal("request_body_encoding_unsupported", JsonDocument.Parse(text).RootElement.GetProperty("error").GetProperty("details").GetProperty("error_code").GetString());
    }

    [Fact]
    public async Task A_large_body_below_the_limit_is_taken()
    {
        await using var door = await FrontDoor.StartAsync();
        Assert.Equal(200, (int)(await door.SendAsync("POST", "/v1/messages", Hello.Replace("hi", new string('x', 31 << 20)))).Response.StatusCode);
    }

    [Theory]
    [InlineData("x-api-key", "secret", 200, "")]
    [InlineData("Authorization", "Bearer secret", 200, "")]
    [InlineData("x-api-key", "wrong", 401, "invalid x-api-key")]
    [InlineData("Authorization", "Bearer wrong", 401, "Invalid bearer token")]
    [InlineData("x-other", "secret", 401, "x-api-key header is required")]
    public async Task With_a_key_only_those_who_have_it_come_in(string header, string value, int status, string message)
    {
        await using var door = await FrontDoor.StartAsync(options => options.Key = "secret");
        var (response, body) = await door.SendAsync("POST", "/v1/messages", Hello, headers: (header, value));
        Assert.Equal(status, (int)response.StatusCode);
        if (status == 401) Assert.Equal(message, AssertError(body, "authentication_error", response));
        Assert.Equal(200, (int)(await door.SendAsync("GET", "/health")).Response.StatusCode);
        Assert.Equal(status, (int)(await door.SendAsync("GET", "/v1/models", headers: (header, value))).Response.StatusCode);
    }

    [Theory]
    [InlineData("Host", "evil.example", 403)]
    [InlineData("Host", "localhost:1234", 200)]
    [InlineData("Host", "[::1]", 200)]
    [InlineData("Host", "10.1.2.3", 403)]
    [InlineData("Host", "gateway.internal", 200)]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "https://app.example", 200)]
    public async Task Foreign_host_names_and_origins_stay_out(string header, string value, int status)
    {
        await using var door = await FrontDoor.StartAsync(options =>
        {
            options.AllowedHosts.Add("gateway.internal");
            options.AllowedOrigins.Add("https://app.example");
        });
        var (response, body) = await door.SendAsync("POST", "/v1/messages", Hello, headers: (header, value));
        Assert.Equal(status, (int)response.StatusCode);
        if (status == 403) AssertError(body, "permission_error", response);
        else if (header == "Origin") Assert.Equal(value, response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task A_preflight_is_answered_for_allowed_pages_only()
    {
        await using var door = await FrontDoor.StartAsync(options => options.AllowedOrigins.Add("https://app.example"));
        var (allowed, _) = await door.SendAsync("OPTIONS", "/v1/messages", headers: ("Origin", "https://app.example"));
        Assert.Equal(204, (int)allowed.StatusCode);
        Assert.Contains("x-api-key", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single());
        var (foreign, _) = await door.SendAsync("OPTIONS", "/v1/messages", headers: ("Origin", "https://evil.example"));
        Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_form_that_a_page_could_post_is_refused()
    {
        await using var door = await FrontDoor.StartAsync();
        var (response, body) = await door.SendAsync("POST", "/v1/messages", Hello, "text/plain");
        Assert.Equal(415, (int)response.StatusCode);
        AssertError(body, "invalid_request_error", response);
    }

    [Theory]
    [InlineData("HEAD", "/")]
    [InlineData("GET", "/")]
    [InlineData("HEAD", "/api/hello")]
    [InlineData("GET", "/api/hello")]
    [InlineData("GET", "/api/version")]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/health/live")]
    [InlineData("GET", "/health/ready")]
    public async Task Signs_of_life(string method, string path)
    {
        await using var door = await FrontDoor.StartAsync();
        Assert.Equal(200, (int)(await door.SendAsync(method, path)).Response.StatusCode);
    }

    [Fact]
    public async Task Telemetry_is_taken_and_forgotten()
    {
        await using var door = await FrontDoor.StartAsync();
        Assert.Equal("{}", (await door.SendAsync("POST", "/api/event_logging/batch", """{"events":[]}""")).Body);
    }

    [Fact]
    public async Task Tokens_are_counted_with_context_edits_done()
    {
        await using var door = await FrontDoor.StartAsync(options => options.TokenCounter = Dragoman.Tokens.TokenCounterKind.Words);
        // 4 for the message, "some" 1, "words" 2.
        Assert.Equal("""{"input_tokens":7}""", (await door.SendAsync("POST", "/v1/messages/count_tokens", """{"model":"m","messages":[{"role":"user","content":"some words"}]}""")).Body);
        const string edited = """{"model":"m","context_management":{"edits":[{"type":"clear_tool_uses_20250919","trigger":{"type":"input_tokens","value":10},"keep":{"type":"tool_uses","value":0}}]},"messages":[{"role":"user","content":"go"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"LONG"}]}]}""";
        var counted = JsonDocument.Parse((await door.SendAsync("POST", "/v1/messages/count_tokens", edited.Replace("LONG", string.Join(' ', Enumerable.Repeat("word", 500))))).Body).RootElement;
        Assert.True(counted.GetProperty("input_tokens").GetInt32() < 50);
        Assert.True(counted.GetProperty("context_management").GetProperty("original_input_tokens").GetInt32() > 500);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Edits_that_were_done_are_reported(bool stream)
    {
        await using var door = await FrontDoor.StartAsync();
        var request = """{"model":"m","max_tokens":10,"stream":STREAM,"context_management":{"edits":[{"type":"clear_tool_uses_20250919","trigger":{"type":"tool_uses","value":1},"keep":{"type":"tool_uses","value":0}}]},"messages":[{"role":"user","content":"go"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"a long enough result that is worth being cleared away now"}]}]}""";
        var (_, body) = await door.SendAsync("POST", "/v1/messages", request.Replace("STREAM", stream ? "true" : "false"));
        Assert.Contains("\"context_management\":{\"applied_edits\":[{\"type\":\"clear_tool_uses_20250919\",\"cleared_input_tokens\":", body);
        Assert.Contains("\"cleared_tool_uses\":1}", body);
    }

    [Fact]
    public async Task Models_have_every_field_that_clients_insist_on()
    {
        await using var door = await FrontDoor.StartAsync();
        var (_, body) = await door.SendAsync("GET", "/v1/models?limit=1000", headers: ("User-Agent", "claude-code/2.1.329"));
        var models = JsonDocument.Parse(body).RootElement.GetProperty("data").EnumerateArray().ToList();
        Assert.Contains(models, model => model.GetProperty("id").GetString() == "anthropic/demo");
        Assert.All(models, model => Assert.All((string[])["type", "id", "display_name", "created_at", "lifecycle", "deprecated_at", "retires_at", "line", "max_input_tokens", "max_tokens", "capabilities"], name => Assert.True(model.TryGetProperty(name, out _), name)));
        Assert.All((string[])["batch", "citations", "code_execution", "context_management", "effort", "image_input", "pdf_input", "server_tools", "structured_outputs", "thinking"],
            name => Assert.True(models[0].GetProperty("capabilities").TryGetProperty(name, out _), name));
        var (bad, _) = await door.SendAsync("GET", "/v1/models?limit=0");
        Assert.Equal(400, (int)bad.StatusCode);
        Assert.Equal("claude-opus-4-5", JsonDocument.Parse((await door.SendAsync("GET", "/v1/models/claude-opus-4-5")).Body).RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_demo_says_what_it_received_and_uses_one_harmless_tool_when_asked()
    {
        await using var door = await FrontDoor.StartAsync();
        Assert.Contains("built-in demo", (await door.SendAsync("POST", "/v1/messages", Hello)).Body);
        var (_, body) = await door.SendAsync("POST", "/v1/messages", Hello.Replace("\"hi\"", "\"please use a tool\"").Replace("\"max_tokens\"", "\"tools\":[{\"name\":\"Delete\",\"input_schema\":{\"type\":\"object\"}},{\"name\":\"Bash\",\"input_schema\":{\"type\":\"object\"}}],\"max_tokens\""));
        var call = JsonDocument.Parse(body).RootElement.GetProperty("content").EnumerateArray().Single();
        Assert.Equal("Bash", call.GetProperty("name").GetString());
        Assert.StartsWith("echo", call.GetProperty("input").GetProperty("command").GetString());
    }

    private static string? AssertError(string body, string type, HttpResponseMessage response)
    {
        var root = JsonDocument.Parse(body).RootElement;
        Assert.Equal("error", root.GetProperty("type").GetString());
        Assert.Equal(type, root.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(response.Headers.GetValues("request-id").Single(), root.GetProperty("request_id").GetString());
        return root.GetProperty("error").GetProperty("message").GetString();
    }
}
