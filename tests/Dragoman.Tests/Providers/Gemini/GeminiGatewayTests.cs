using System.Net;
using System.Text;
using System.Text.Json;
using Dragoman.Tests.EndToEnd;

namespace Dragoman.Tests.Providers.Gemini;

/// <summary>The provider through the whole gateway, over HTTP.</summary>
public sealed class GeminiGatewayTests
{
    [Fact]
    public async Task A_text_answer_comes_through()
    {
        await using var gateway = await GeminiGateway.StartAsync(GoogleReply.Sse(
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"Grüße "}]}}],"usageMetadata":{"promptTokenCount":12}}""",
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"👋"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":12,"cachedContentTokenCount":2,"candidatesTokenCount":3,"thoughtsTokenCount":4}}"""));
        var events = await gateway.StreamAsync();
        Assert.Equal("Grüße 👋", SseEvent.Text(events));
        Assert.Equal("end_turn", SseEvent.StopReason(events));
        var usage = events.Single(step => step.Type == "message_delta").Data.GetProperty("usage");
        Assert.Equal((10, 2, 7, 4), (usage.GetProperty("input_tokens").GetInt32(), usage.GetProperty("cache_read_input_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32(), usage.GetProperty("output_tokens_details").GetProperty("thinking_tokens").GetInt32()));

        var asked = Assert.Single(gateway.Asked);
        Assert.Equal("/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", asked.Url);
        Assert.Equal("AIza-test", asked.Headers["x-goog-api-key"]);
        Assert.Equal("hi", asked.Json.GetProperty("contents")[0].GetProperty("parts")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task The_json_array_is_read_as_well()
    {
        await using var gateway = await GeminiGateway.StartAsync(new GoogleReply("[{\r\n  \"candidates\": [{\"content\": {\"parts\": [{\"text\": \"a\"}]}}]\r\n}\r\n,\r\n{\r\n  \"candidates\": [{\"content\": {\"parts\": [{\"text\": \"b\"}]}, \"finishReason\": \"STOP\"}]\r\n}\r\n]"));
        Assert.Equal("ab", SseEvent.Text(await gateway.StreamAsync()));
    }

    [Fact]
    public async Task A_fruitless_answer_is_asked_for_once_more_and_nobody_notices()
    {
        await using var gateway = await GeminiGateway.StartAsync(GoogleReply.Sse(GeminiTranslation.Last("MALFORMED_FUNCTION_CALL")), GoogleReply.Text("second"));
        Assert.Equal("second", SseEvent.Text(await gateway.StreamAsync()));
        Assert.Equal(2, gateway.Asked.Count);
        Assert.Equal(gateway.Asked[0].Body, gateway.Asked[1].Body);
    }

    [Fact]
    public async Task Two_fruitless_answers_are_an_error_with_a_status()
    {
        await using var gateway = await GeminiGateway.StartAsync(GoogleReply.Sse(GeminiTranslation.Last("MALFORMED_FUNCTION_CALL")));
        var (response, body) = await gateway.AskAsync();
        Assert.Equal(502, (int)response.StatusCode);
        Assert.Contains("MALFORMED_FUNCTION_CALL", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, gateway.Asked.Count);
    }

    [Fact]
    public async Task Two_empty_answers_are_an_empty_answer()
    {
        await using var gateway = await GeminiGateway.StartAsync(GoogleReply.Sse("""{"usageMetadata":{"promptTokenCount":3}}"""));
        var (response, body) = await gateway.AskAsync();
        Assert.Equal((200, "end_turn", 0, 2), ((int)response.StatusCode, body.GetProperty("stop_reason").GetString(), body.GetProperty("content").GetArrayLength(), gateway.Asked.Count));
    }

    [Fact]
    public async Task A_quota_that_is_used_up_is_a_429_with_the_wait()
    {
        await using var gateway = await GeminiGateway.StartAsync(GoogleReply.Error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", """[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"36.4s"}]"""));
        var (response, body) = await gateway.AskAsync();
        Assert.Equal((429, "37"), ((int)response.StatusCode, response.Headers.GetValues("retry-after").Single()));
        Assert.Equal("""{"type":"rate_limit_error","message":"gemini/gemini-2.5-pro: You exceeded your current quota. Try again in 37 s."}""", body.GetProperty("error").GetRawText());
    }

    [Fact]
    public async Task A_web_page_is_no_answer()
    {
        await using var gateway = await GeminiGateway.StartAsync(new GoogleReply("<html>Sign in to the hotel's WLAN</html>", ContentType: "text/html"));
        var (response, body) = await gateway.AskAsync();
        Assert.Equal(502, (int)response.StatusCode);
        Assert.Contains("a web page", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_breaks_after_the_finish_reason_breaks_nothing()
    {
        await using var gateway = await GeminiGateway.StartAsync(new GoogleReply($"data: {GeminiTranslation.Last(parts: """{"text":"all"}""")}\r\n\r\ndata: {{\"usage", ContentType: "text/event-stream"));
        var events = await gateway.StreamAsync();
        Assert.Equal(("all", "end_turn"), (SseEvent.Text(events), SseEvent.StopReason(events)));
    }

    [Fact]
    public async Task A_signature_comes_back_by_the_store_when_the_client_drops_thinking()
    {
        await using var gateway = await GeminiGateway.StartAsync(
            GoogleReply.Sse(GeminiTranslation.Last(parts: """{"functionCall":{"name":"Bash","args":{"command":"ls"}},"thoughtSignature":"QUJD"}""")), GoogleReply.Text("done"));
        const string tools = """ "tools":[{"name":"Bash","input_schema":{"type":"object","properties":{"command":{"type":"string"}}}}], """;
        var (_, first) = await gateway.AskAsync(tools, model: "gemini/gemini-3-pro-preview");
        var call = first.GetProperty("content").EnumerateArray().Single(block => block.GetProperty("type").GetString() == "tool_use");
        var id = call.GetProperty("id").GetString();
        var body = $$$"""
            {"model":"gemini/gemini-3-pro-preview","max_tokens":1000,{{{tools}}}"messages":[{"role":"user","content":"hi"},
            {"role":"assistant","content":[{"type":"tool_use","id":"{{{id}}}","name":"Bash","input":{"command":"ls"}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"{{{id}}}","content":"a.txt"}]}]}
            """;
        using var answer = await gateway.Client.PostAsync("/v1/messages", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("\"thoughtSignature\":\"QUJD\"", gateway.Asked[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_refused_is_renewed_once()
    {
        var folder = Directory.CreateTempSubdirectory("dragoman-vertex-");
        await using var tokens = await ScriptedGoogle.StartAsync(Numbered());
        var file = Path.Combine(folder.FullName, "user.json");
        await File.WriteAllTextAsync(file, $$"""{"type":"authorized_user","client_id":"i","client_secret":"s","refresh_token":"r","token_uri":"{{tokens.Url}}/token"}""");
        await using var gateway = await GeminiGateway.StartAsync(
            request => request.Headers["Authorization"] == "Bearer token-1" ? GoogleReply.Error(401, "UNAUTHENTICATED", "old") : GoogleReply.Text("ok"),
            $""","project":"p1","location":"europe-west4","quotaProject":"pays","credentials":{JsonSerializer.Serialize(file)}""");
        Assert.Equal("ok", SseEvent.Text(await gateway.StreamAsync()));
        Assert.Equal(["Bearer token-1", "Bearer token-2"], gateway.Asked.Select(request => request.Headers["Authorization"]));
        Assert.All(gateway.Asked, request => Assert.Equal(("/v1/projects/p1/locations/europe-west4/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse", "pays"), (request.Url, request.Headers["x-goog-user-project"])));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Credentials_that_are_no_good_are_a_401_that_says_what_to_do()
    {
        var folder = Directory.CreateTempSubdirectory("dragoman-vertex-");
        await using var tokens = await ScriptedGoogle.StartAsync(_ => new GoogleReply("""{"error":"invalid_grant","error_description":"Token has been revoked."}""", 400));
        var file = Path.Combine(folder.FullName, "user.json");
        await File.WriteAllTextAsync(file, $$"""{"type":"authorized_user","client_id":"i","client_secret":"s","refresh_token":"r","token_uri":"{{tokens.Url}}/token"}""");
        await using var gateway = await GeminiGateway.StartAsync(_ => GoogleReply.Text("never"), $""","project":"p1","credentials":{JsonSerializer.Serialize(file)}""");
        var (response, body) = await gateway.AskAsync();
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(
            $"gemini: {tokens.Url}/token gave no access token: invalid_grant: Token has been revoked. Run: gcloud auth application-default login",
            body.GetProperty("error").GetProperty("message").GetString());
        Assert.Empty(gateway.Asked);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Tokens_are_counted_by_google()
    {
        await using var gateway = await GeminiGateway.StartAsync(request => request.Url.EndsWith(":countTokens", StringComparison.Ordinal) ? new GoogleReply("""{"totalTokens":4711}""") : GoogleReply.Error(404, "NOT_FOUND", "x"));
        Assert.Equal(4711, await CountAsync(gateway));
        var question = gateway.Google.Requests.Single(request => request.Url == "/v1beta/models/gemini-2.5-pro:countTokens").Json.GetProperty("generateContentRequest");
        Assert.Equal("models/gemini-2.5-pro", question.GetProperty("model").GetString());
        Assert.Equal(["model", "systemInstruction", "tools", "contents"], question.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task Vertex_counts_without_a_wrapper()
    {
        await using var gateway = await GeminiGateway.StartAsync(request => new GoogleReply("""{"totalTokens":4711}"""), ",\"flavour\":\"vertex-express\"");
        Assert.Equal(4711, await CountAsync(gateway));
        Assert.Equal(["systemInstruction", "tools", "contents"], gateway.Google.Requests.Single().Json.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task A_count_that_fails_or_takes_too_long_is_an_estimate()
    {
        await using var failing = await GeminiGateway.StartAsync(_ => GoogleReply.Error(500, "INTERNAL", "x"));
        Assert.InRange(await CountAsync(failing), 1, 100);
        var never = new TaskCompletionSource();
        await using var hanging = await GeminiGateway.StartAsync(request => new GoogleReply("""{"totalTokens":4711}""") { Before = request.Url.EndsWith(":countTokens", StringComparison.Ordinal) ? never.Task : Task.CompletedTask });
        Assert.InRange(await CountAsync(hanging), 1, 100);
    }

    [Fact]
    public async Task Models_are_listed_with_their_limits_and_those_that_write_no_text_are_left_out()
    {
        await using var gateway = await GeminiGateway.StartAsync(request => request.Url.Contains("pageToken=2", StringComparison.Ordinal)
            ? new GoogleReply("""{"models":[{"name":"models/gemini-2.5-flash-lite","inputTokenLimit":1000,"outputTokenLimit":100,"supportedGenerationMethods":["generateContent"]}]}""")
            : new GoogleReply("""{"models":[{"name":"models/gemini-2.5-pro","inputTokenLimit":1048576,"outputTokenLimit":65536,"supportedGenerationMethods":["generateContent","countTokens"],"thinking":true},{"name":"models/embedding-001","supportedGenerationMethods":["embedContent"]},{"odd":1}],"nextPageToken":"2"}"""),
            ",\"models\":{\"gemini-2.5-pro\":{\"outputTokens\":1234}}");
        var models = await gateway.Providers["gemini"].ListModelsAsync(CancellationToken.None);
        Assert.Equal(["gemini-2.5-pro", "gemini-2.5-flash-lite"], models.Select(model => model.Name));
        Assert.Equal([(1_048_576, 1234), (1000, 100)], models.Select(model => (model.MaxInputTokens!.Value, model.MaxOutputTokens!.Value)));
        // Who maps nothing gets the best that is there for each of Claude's tiers.
        Assert.Equal([["opus", "sonnet"], ["haiku"]], models.Select(model => model.StandsFor));
    }

    [Theory]
    [InlineData("gemini/claude-haiku-4-5-20251001", "gemini-2.5-flash-lite")]
    [InlineData("gemini/models/gemini-2.5-pro", "gemini-2.5-pro")]
    [InlineData("gemini/gemini-new", "gemini-new")]
    public async Task Google_is_asked_for_a_model_that_it_can_have(string asked, string sent)
    {
        await using var gateway = await GeminiGateway.StartAsync(request => request.Method == "GET"
            ? new GoogleReply("""{"models":[{"name":"models/gemini-2.5-flash-lite","supportedGenerationMethods":["generateContent"]}]}""")
            : GoogleReply.Text("x"));
        await gateway.StreamAsync(model: asked);
        Assert.Equal($"/v1beta/models/{sent}:streamGenerateContent?alt=sse", gateway.Asked.Single().Url);
    }

    private static Func<GoogleRequest, GoogleReply> Numbered()
    {
        var number = 0;
        return _ => new GoogleReply($$"""{"access_token":"token-{{Interlocked.Increment(ref number)}}","expires_in":3600}""");
    }

    private static async Task<int> CountAsync(GeminiGateway gateway)
    {
        const string body = """{"model":"gemini/gemini-2.5-pro","system":"Be short.","tools":[{"name":"Bash","input_schema":{"type":"object","properties":{"command":{"type":"string"}}}}],"messages":[{"role":"user","content":"hi"}]}""";
        using var response = await gateway.Client.PostAsync("/v1/messages/count_tokens", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("input_tokens").GetInt32();
    }
}
