using System.Text.Json;
using Dragoman.ClientTests.Clients;

namespace Dragoman.ClientTests;

/// <summary>The TypeScript SDK, most clients' foundation; each test runs one of the programs in <c>TypeScript/</c>.</summary>
public sealed class TypeScriptSdkTests(GatewayWorld world) : IClassFixture<GatewayWorld>
{
    private const string TwoCities = """[[think:Two cities.]] [[text:I look.]] [[tool:get_weather {"city":"Graz"}]] [[and]] [[tool:get_weather {"city":"Linz"}]]""";

    [Fact]
    public async Task Creates_a_message()
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "create", "[[text:Grüße aus 東京 👋]]");
        Assert.Equal("Grüße aus 東京 👋", Text(seen.GetProperty("ga")));
        Assert.Equal("Grüße aus 東京 👋", Text(seen.GetProperty("beta")));
        Assert.Equal("end_turn", seen.GetProperty("ga").GetProperty("stop_reason").GetString());
        Assert.Equal(JsonValueKind.Array, seen.GetProperty("edited").GetProperty("context_management").GetProperty("applied_edits").ValueKind);
        Assert.Equal(JsonValueKind.Array, seen.GetProperty("editedStream").GetProperty("context_management").GetProperty("applied_edits").ValueKind);
    }

    [Fact]
    public async Task Streams_thinking_text_and_two_tool_calls()
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "stream", TwoCities);
        Assert.Equal("I look.", seen.GetProperty("text").GetString());
        Assert.True(seen.GetProperty("pieces").GetInt32() > 1, "text comes in pieces");
        Assert.StartsWith("req_", seen.GetProperty("requestId").GetString());
        Assert.Equal("Two cities.", seen.GetProperty("thinking").GetString());
        foreach (var half in (string[])["message", "beta"])
        {
            var content = seen.GetProperty(half).GetProperty("content").EnumerateArray().ToList();
            Assert.Equal(["thinking", "text", "tool_use", "tool_use"], content.Select(block => block.GetProperty("type").GetString()));
            Assert.Equal(["Graz", "Linz"], content.Skip(2).Select(call => call.GetProperty("input").GetProperty("city").GetString()));
            Assert.Equal("tool_use", seen.GetProperty(half).GetProperty("stop_reason").GetString());
        }
    }

    [Fact]
    public async Task A_tool_loop_ends_with_an_answer_from_the_results()
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "tool-loop", $$"""{{TwoCities}} [[then]] [[think:One more.]] [[tool:get_weather {"city":"Wels"}]]""");
        Assert.Equal(2, seen.GetProperty("rounds").GetInt32());
        Assert.Equal("results: sunny in Graz | sunny in Linz | sunny in Wels", Text(seen.GetProperty("message")));
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("stream")]
    public async Task The_tool_runner_runs_to_its_end(string way)
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "tool-runner", TwoCities, way);
        Assert.Equal(["Graz", "Linz"], seen.GetProperty("cities").EnumerateArray().Select(city => city.GetString()).Order(StringComparer.Ordinal));
        Assert.Equal("results: sunny in Graz | sunny in Linz", Text(seen.GetProperty("message")));
    }

    [Fact]
    public async Task Lists_models_page_by_page_and_retrieves_each()
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "models");
        var ids = Ids(seen, "models");
        Assert.Contains("gpt-oss:20b", ids);
        Assert.Equal(ids, Ids(seen, "retrieved"));
        Assert.Equal(ids, Ids(seen, "beta"));
        Assert.Equal(["ollama/qwen3:8b", "anthropic/qwen3:8b", "claude-opus-5"], Ids(seen, "byName"));
    }

    [Fact]
    public async Task Counts_tokens()
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "count-tokens");
        int Count(string name) => seen.GetProperty(name).GetProperty("input_tokens").GetInt32();
        Assert.True(Count("few") > 0);
        Assert.True(Count("many") >= Count("few") + 400, seen.ToString());
        Assert.True(Count("tools") > Count("few"), seen.ToString());
        Assert.Equal(Count("few"), Count("beta"));
    }

    [Fact]
    public async Task Errors_have_the_classes_that_applications_catch()
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "errors");
        AssertError(seen.GetProperty("badRequest"), "BadRequestError", 400, "invalid_request_error", "max_tokens");
        AssertError(seen.GetProperty("badBlock"), "BadRequestError", 400, "invalid_request_error", "messages.0.content.0: Input tag 'nonsense' found using 'type'");
        AssertError(seen.GetProperty("notFound"), "NotFoundError", 404, "not_found_error", "qwen9:1b");
        AssertError(seen.GetProperty("notFoundStream"), "NotFoundError", 404, "not_found_error", "qwen9:1b");
        AssertError(seen.GetProperty("noModel"), "NotFoundError", 404, "not_found_error", "qwen9:1b");
        AssertError(seen.GetProperty("midStream"), "APIError", null, "api_error", "unexpectedly stopped");
        var whole = seen.GetProperty("whole");
        Assert.True(whole.GetProperty("status").GetInt32() >= 500, whole.ToString());
        Assert.NotNull(whole.GetProperty("requestId").GetString());
    }

    private static void AssertError(JsonElement error, string kind, int? status, string type, string message)
    {
        Assert.Equal(kind, error.GetProperty("kind").GetString());
        Assert.Equal(status, error.GetProperty("status") is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null);
        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString());
    }

    private static string Text(JsonElement message) =>
        string.Concat(message.GetProperty("content").EnumerateArray().Where(block => block.GetProperty("type").ValueEquals("text")).Select(block => block.GetProperty("text").GetString()));

    private static List<string?> Ids(JsonElement seen, string list) => [.. seen.GetProperty(list).EnumerateArray().Select(model => model.GetProperty("id").GetString())];
}
