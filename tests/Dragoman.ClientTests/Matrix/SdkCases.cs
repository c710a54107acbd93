using System.Text.Json;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Dragoman.ClientTests.Clients;
using Dragoman.ClientTests.Worlds;

namespace Dragoman.ClientTests.Matrix;

/// <summary>The C# SDK on every upstream. With <c>ResponseValidation</c> it refuses answers that lack a required field or have an unknown value.</summary>
internal static class CSharpSdkCases
{
    private const string TwoCities = """[[think:Two cities.]] [[text:I look.]] [[tool:get_weather {"city":"Graz"}]] [[and]] [[tool:get_weather {"city":"Linz"}]]""";

    private static ToolUnion Weather { get; } = new Tool
    {
        Name = "get_weather",
        InputSchema = new InputSchema { Properties = new Dictionary<string, JsonElement> { ["city"] = JsonElement.Parse("""{"type":"string","minLength":1}""") }, Required = ["city"] },
    };

    /// <summary>Thinking, text and two calls; their results sent back with the blocks that came.</summary>
    public static async Task LoopAsync(UpstreamWorld world, bool streams)
    {
        using var client = Client(world);
        var ask = Ask(TwoCities) with { Tools = [Weather], Thinking = new ThinkingConfigAdaptive() };
        var first = streams ? await client.Messages.CreateStreaming(ask).Aggregate() : await client.Messages.Create(ask);
        first.Validate();
        Assert.Equal(StopReason.ToolUse, first.StopReason?.Value());
        Assert.True(first.Usage is { InputTokens: > 0, OutputTokens: > 0 });
        var calls = first.Content.Select(block => block.TryPickToolUse(out var call) ? call : null).OfType<ToolUseBlock>().ToList();
        Assert.Equal(["Graz", "Linz"], calls.Select(call => call.Input["city"].GetString()));
        var results = calls.Select(call => new ContentBlockParam(new ToolResultBlockParam(call.ID) { Content = $"sunny in {call.Input["city"].GetString()}" })).ToList();
        var second = await client.Messages.Create(ask with { Messages = [.. ask.Messages, new AssistantMessageParam(first.Content.Select(block => new ContentBlockParam(block.Json)).ToList()), new UserMessageParam(results)] });
        second.Validate();
        Assert.Contains(second.Content, block => block.TryPickText(out var text) && text.Text == "results: sunny in Graz | sunny in Linz");
    }

    /// <summary>What is around a conversation: counting, the models, and errors by their types.</summary>
    public static async Task RestAsync(UpstreamWorld world)
    {
        using var client = Client(world);
        var count = await client.Messages.CountTokens(new MessageCountTokensParams { Model = GatewayWorld.ClaudeModel, Messages = [new UserMessageParam(string.Join(' ', Enumerable.Repeat("word", 500)))] });
        count.Validate();
        Assert.True(count.InputTokens > 400, $"{count.InputTokens}");
        var models = await client.Models.List();
        models.Validate();
        Assert.Contains(models.Items, model => model.ID.EndsWith(world.Upstream.Model, StringComparison.Ordinal));
        var wrong = await Assert.ThrowsAsync<AnthropicBadRequestException>(() => client.Messages.Create(Ask("hello") with { MaxTokens = -1 }));
        Assert.Equal("invalid_request_error", wrong.Type?.Raw());
        Assert.Contains("max_tokens", wrong.ApiMessage);
        await Assert.ThrowsAsync<AnthropicNotFoundException>(() => client.Messages.CreateStreaming(Ask("hello") with { Model = "up/no-such-model" }).Aggregate());
        world.ForgiveRefusals();
        var broken = await Assert.ThrowsAsync<AnthropicSseException>(() => client.Messages.CreateStreaming(Ask("[[error:the simulated words]] [[text:sdk stream]]")).Aggregate());
        Assert.Contains("the simulated words", broken.ApiMessage);
        await Assert.ThrowsAnyAsync<Anthropic5xxException>(() => client.Messages.Create(Ask("[[error:mid]] [[text:sdk whole]]")));
    }

    private static AnthropicClient Client(UpstreamWorld world) =>
        new(new ClientOptions { BaseUrl = world.Url.ToString().TrimEnd('/'), ApiKey = "test-token", ResponseValidation = true, MaxRetries = 0, Timeout = TimeSpan.FromSeconds(30) });

    private static MessageCreateParams Ask(string prompt) => new() { Model = GatewayWorld.ClaudeModel, MaxTokens = 1000, Messages = [new UserMessageParam(prompt)] };
}

/// <summary>The TypeScript SDK on every upstream, by the programs in <c>TypeScript/</c>.</summary>
internal static class TypeScriptSdkCases
{
    private const string TwoCities = """[[think:Two cities.]] [[text:I look.]] [[tool:get_weather {"city":"Graz"}]] [[and]] [[tool:get_weather {"city":"Linz"}]]""";

    /// <summary>A stream, accumulated by both halves of the SDK.</summary>
    public static async Task StreamAsync(UpstreamWorld world)
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "stream", TwoCities);
        Assert.Equal("I look.", seen.GetProperty("text").GetString());
        Assert.StartsWith("req_", seen.GetProperty("requestId").GetString());
        foreach (var half in (string[])["message", "beta"])
        {
            var calls = seen.GetProperty(half).GetProperty("content").EnumerateArray().Where(block => block.GetProperty("type").ValueEquals("tool_use"));
            Assert.Equal(["Graz", "Linz"], calls.Select(call => call.GetProperty("input").GetProperty("city").GetString()));
            Assert.Equal("tool_use", seen.GetProperty(half).GetProperty("stop_reason").GetString());
        }
    }

    /// <summary>A loop of two rounds with thinking.</summary>
    public static async Task LoopAsync(UpstreamWorld world)
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "tool-loop", $$"""{{TwoCities}} [[then]] [[think:One more.]] [[tool:get_weather {"city":"Wels"}]]""");
        Assert.Equal(2, seen.GetProperty("rounds").GetInt32());
        Assert.Equal("results: sunny in Graz | sunny in Linz | sunny in Wels", Text(seen.GetProperty("message")));
    }

    /// <summary>Whole answers.</summary>
    public static async Task WholeAsync(UpstreamWorld world)
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "create", "[[text:Grüße aus 東京 👋]]");
        foreach (var way in (string[])["ga", "beta", "edited", "editedStream"]) Assert.Equal("Grüße aus 東京 👋", Text(seen.GetProperty(way)));
    }

    /// <summary>Counts.</summary>
    public static async Task CountsAsync(UpstreamWorld world)
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "count-tokens");
        int Count(string name) => seen.GetProperty(name).GetProperty("input_tokens").GetInt32();
        Assert.True(Count("few") > 0 && Count("many") >= Count("few") + 400 && Count("tools") > Count("few") && Count("few") == Count("beta"), seen.ToString());
    }

    /// <summary>Errors have the classes that applications catch.</summary>
    public static async Task ErrorsAsync(UpstreamWorld world)
    {
        var seen = await TypeScriptSdk.RunAsync(world.Url, "errors");
        world.ForgiveRefusals();
        AssertError("badRequest", "BadRequestError", 400, "invalid_request_error");
        AssertError("badBlock", "BadRequestError", 400, "invalid_request_error");
        AssertError("notFound", "NotFoundError", 404, "not_found_error");
        AssertError("notFoundStream", "NotFoundError", 404, "not_found_error");
        AssertError("noModel", "NotFoundError", 404, "not_found_error");
        AssertError("midStream", "APIError", null, "api_error", "overloaded_error");
        Assert.True(seen.GetProperty("whole").GetProperty("status").GetInt32() >= 500, seen.ToString());

        void AssertError(string name, string kind, int? status, params string[] types)
        {
            var error = seen.GetProperty(name);
            Assert.True(
                error.GetProperty("kind").ValueEquals(kind) && types.Contains(error.GetProperty("type").GetString())
                && status == (error.GetProperty("status") is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null),
                $"{name}: {error}");
        }
    }

    private static string Text(JsonElement message) =>
        string.Concat(message.GetProperty("content").EnumerateArray().Where(block => block.GetProperty("type").ValueEquals("text")).Select(block => block.GetProperty("text").GetString()));
}

/// <summary>OpenCode on every upstream, with the gateway as its Anthropic provider.</summary>
internal static class OpenCodeCases
{
    /// <summary>Two rounds of a tool.</summary>
    public static async Task RoundsAsync(UpstreamWorld world)
    {
        using var client = new OpenCode(world.Url, world.Upstream.Model);
        var run = await client.AskAsync("""[[tool:bash {"command":"echo one","description":"Print one"}]] [[then]] [[tool:bash {"command":"echo two","description":"Print two"}]]""");
        Assert.Equal("results: one | two", run.Text);
        Assert.Equal(2, run.Parts("tool_use").Count());
    }
}
