using System.Text.Json;
using Anthropic;
using Anthropic.Core;
using Anthropic.Models.Messages;
using Dragoman.ClientTests.Clients;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.ClientTests;

/// <summary>Claude Code, the SDKs and OpenCode on Gemini. The simulation refuses what Google refuses, so a broken rule fails the conversation.</summary>
public abstract class GeminiClientTests(ApiFlavour flavour, ITestOutputHelper output) : IAsyncLifetime
{
    private const string EchoOne = """[[tool:Bash {"command":"echo one","description":"Print one"}]]""";
    private const string EchoTwo = """[[tool:Bash {"command":"echo two","description":"Print two"}]]""";
    private const string EchoThree = """[[tool:Bash {"command":"echo three","description":"Print three"}]]""";
    private const string TwoCities = """[[think:Two cities.]] [[text:I look.]] [[tool:get_weather {"city":"Graz"}]] [[and]] [[tool:get_weather {"city":"Linz"}]]""";

    private GeminiGatewayWorld _world = null!;

    private Uri Url => _world.Gateway.Url;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _world = await GeminiGatewayWorld.StartAsync(flavour);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        output.WriteLine(_world.Gateway.Output);
        await _world.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Claude_Code_gets_a_text_answer()
    {
        using var claude = new ClaudeCode(Url);
        Assert.Equal("Hello, größer than 東京 👋", (await claude.AskAsync("[[text:Hello, größer than 東京 👋]]")).Text);
        AssertNoRefusal();
    }

    [Fact]
    public async Task Claude_Code_runs_three_rounds_of_a_tool_while_it_thinks_and_goes_on_later()
    {
        using var claude = new ClaudeCode(Url);
        var run = await claude.AskAsync($"[[think:first]] {EchoOne} [[then]] {EchoTwo} [[then]] [[think:third]] {EchoThree}", "--allowedTools", "Bash");
        Assert.Equal("results: one | two | three", run.Text);
        // As /resume does: the signatures come back from the conversation that Claude Code has stored.
        Assert.Equal("results: two", (await claude.AskAsync(EchoTwo, "--continue", "--allowedTools", "Bash")).Text);
        AssertNoRefusal();
        Assert.DoesNotContain("skip_thought_signature_validator", _world.Gemini.GenerateRequests[^1]);
    }

    [Fact]
    public async Task Claude_Code_runs_two_parallel_calls_and_sees_a_failure()
    {
        using var claude = new ClaudeCode(Url);
        var run = await claude.AskAsync($$"""[[tool:Bash {"command":"sleep 0.5 && echo one","description":"Print one late"}]] [[and]] {{EchoTwo}}""", "--allowedTools", "Bash");
        Assert.Equal("results: one | two", run.Text);
        var failed = await claude.AskAsync("""[[tool:Bash {"command":"echo broken >&2; exit 3","description":"Fail"}]]""", "--allowedTools", "Bash");
        Assert.True(Assert.Single(failed.ToolResults).GetProperty("is_error").GetBoolean());
        Assert.Contains("broken", _world.Gemini.GenerateRequests[^1]);
        AssertNoRefusal();
    }

    [Fact]
    public async Task Claude_Code_reads_a_picture()
    {
        using var claude = new ClaudeCode(Url);
        // One red pixel.
        const string png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
        await File.WriteAllBytesAsync(Path.Combine(claude.WorkingDirectory, "dot.png"), Convert.FromBase64String(png), TestContext.Current.CancellationToken);
        var run = await claude.AskAsync($$"""[[tool:Read {"file_path":"{{JsonEncodedText.Encode(Path.Combine(claude.WorkingDirectory, "dot.png"))}}"}]]""", "--allowedTools", "Read");
        Assert.StartsWith("results: ", run.Text);
        Assert.Contains("inlineData", _world.Gemini.GenerateRequests[^1]);
        AssertNoRefusal();
    }

    [Fact]
    public async Task Claude_Code_searches_for_a_deferred_tool_and_the_web()
    {
        using var claude = new ClaudeCode(Url);
        var run = await claude.AskAsync(
            """[[tool:ToolSearch {"query":"select:WebSearch"}]] [[then]] [[tool:WebSearch {"query":"dragoman"}]] [[then]] [[text:searched]]""",
            "--allowedTools",
            "ToolSearch",
            "WebSearch");
        Assert.Equal("searched", run.Text);
        var found = run.ToolResults.Last().GetRawText();
        Assert.Contains("https://one.example/page?q=1", found);
        Assert.Contains("the first page knows it", found);
        AssertNoRefusal();
    }

    [Fact]
    public async Task Claude_Code_tries_again_after_a_failure_in_the_middle()
    {
        using var claude = new ClaudeCode(Url);
        Assert.Equal("the second attempt", (await claude.AskAsync("[[error:mid]] [[text:the second attempt]]")).Text);
        Assert.Equal("after the drop", (await claude.AskAsync("[[drop:mid]] [[text:after the drop]]")).Text);
        Assert.Equal("late but here", (await claude.AskAsync("[[silence:3000]] [[text:late but here]]")).Text);
        AssertNoRefusal();
    }

    [Fact]
    public async Task Claude_Code_starts_a_sub_agent_counts_its_context_and_finds_the_models()
    {
        using var claude = new ClaudeCode(Url).With("CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY", "1");
        var run = await claude.AskAsync(
            """[[tool:Agent {"description":"Greet","prompt":"Say hello.","subagent_type":"general-purpose","run_in_background":false}]] [[then]] [[text:reported]]""", "--allowedTools", "Agent");
        Assert.Equal("reported", run.Text);
        Assert.Contains(run.ToolResults, result => result.GetRawText().Contains("I am a simulated model.", StringComparison.Ordinal));
        var context = await claude.AskAsync("/context");
        Assert.Matches(@"\| System tools \| [\d.]+k \|", context.Text);
        Assert.Contains("anthropic/gemini-", await File.ReadAllTextAsync(Path.Combine(claude.Home, ".claude", "cache", "gateway-models.json"), TestContext.Current.CancellationToken));
        AssertNoRefusal();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_CSharp_SDK_finds_every_answer_valid(bool streams)
    {
        using var client = new AnthropicClient(new ClientOptions { BaseUrl = Url.ToString().TrimEnd('/'), ApiKey = "test-token", ResponseValidation = true, MaxRetries = 0, Timeout = TimeSpan.FromSeconds(30) });
        var weather = new Tool
        {
            Name = "get_weather",
            InputSchema = new InputSchema { Properties = new Dictionary<string, JsonElement> { ["city"] = JsonElement.Parse("""{"type":"string","minLength":1}""") }, Required = ["city"] },
        };
        var ask = new MessageCreateParams { Model = GatewayWorld.ClaudeModel, MaxTokens = 1000, Messages = [new UserMessageParam(TwoCities)], Tools = [weather], Thinking = new ThinkingConfigAdaptive() };
        var first = streams ? await client.Messages.CreateStreaming(ask).Aggregate() : await client.Messages.Create(ask);
        first.Validate();
        Assert.Equal(StopReason.ToolUse, first.StopReason?.Value());
        var calls = first.Content.Select(block => block.TryPickToolUse(out var call) ? call : null).OfType<ToolUseBlock>().ToList();
        Assert.Equal(["Graz", "Linz"], calls.Select(call => call.Input["city"].GetString()));
        var results = calls.Select(call => new ContentBlockParam(new ToolResultBlockParam(call.ID) { Content = $"sunny in {call.Input["city"].GetString()}" })).ToList();
        var second = await client.Messages.Create(ask with { Messages = [.. ask.Messages, new AssistantMessageParam(first.Content.Select(block => new ContentBlockParam(block.Json)).ToList()), new UserMessageParam(results)] });
        second.Validate();
        Assert.Contains(second.Content, block => block.TryPickText(out var text) && text.Text == "results: sunny in Graz | sunny in Linz");
        (await client.Messages.CountTokens(new MessageCountTokensParams { Model = GatewayWorld.ClaudeModel, Messages = [new UserMessageParam("Hello")] })).Validate();
        (await client.Models.List()).Validate();
        AssertNoRefusal();
    }

    [Fact]
    public async Task The_TypeScript_SDK_runs_its_loops()
    {
        var streamed = await TypeScriptSdk.RunAsync(Url, "stream", TwoCities);
        Assert.Equal("I look.", streamed.GetProperty("text").GetString());
        foreach (var half in (string[])["message", "beta"])
        {
            var calls = streamed.GetProperty(half).GetProperty("content").EnumerateArray().Where(block => block.GetProperty("type").ValueEquals("tool_use"));
            Assert.Equal(["Graz", "Linz"], calls.Select(call => call.GetProperty("input").GetProperty("city").GetString()));
        }

        var loop = await TypeScriptSdk.RunAsync(Url, "tool-loop", $$"""{{TwoCities}} [[then]] [[think:One more.]] [[tool:get_weather {"city":"Wels"}]]""");
        Assert.Equal(2, loop.GetProperty("rounds").GetInt32());
        AssertNoRefusal();
    }

    [Fact]
    public async Task OpenCode_runs_two_rounds_of_a_tool()
    {
        using var client = new OpenCode(Url, "gemini-3.8-flash");
        var run = await client.AskAsync("""[[tool:bash {"command":"echo one","description":"Print one"}]] [[then]] [[tool:bash {"command":"echo two","description":"Print two"}]]""");
        Assert.Equal("results: one | two", run.Text);
        AssertNoRefusal();
    }

    private void AssertNoRefusal() => Assert.True(_world.Gemini.Refusals.Count == 0, string.Join('\n', _world.Gemini.Refusals.Select(refusal => refusal.Message)));
}

/// <summary>By a key of the Gemini API.</summary>
public sealed class GeminiApiClientTests(ITestOutputHelper output) : GeminiClientTests(ApiFlavour.GeminiApi, output);

/// <summary>By a key of Vertex AI express.</summary>
public sealed class VertexExpressClientTests(ITestOutputHelper output) : GeminiClientTests(ApiFlavour.VertexExpress, output);

/// <summary>By a service account on Vertex AI.</summary>
public sealed class VertexClientTests(ITestOutputHelper output) : GeminiClientTests(ApiFlavour.Vertex, output);
