using System.Text.Json;
using Dragoman.ClientTests.Clients;

namespace Dragoman.ClientTests;

/// <summary>Claude Code as users run it, on Ollama: what is peculiar to a local model, and what needs no upstream of each kind (the rest is <see cref="Matrix.ClientMatrixTests"/>).</summary>
public sealed class ClaudeCodeTests(ITestOutputHelper output) : GatewayTest(output)
{
    private const string EchoOne = """[[tool:Bash {"command":"echo one","description":"Print one"}]]""";
    private const string EchoTwo = """[[tool:Bash {"command":"echo two","description":"Print two"}]]""";
    private const string EchoThree = """[[tool:Bash {"command":"echo three","description":"Print three"}]]""";

    [Fact]
    public async Task Gets_a_text_answer()
    {
        using var claude = new ClaudeCode(World.Url);
        var run = await claude.AskAsync("[[text:Hello from a small model, größer than 東京 👋]]");
        Assert.Equal("Hello from a small model, größer than 東京 👋", run.Text);
        Assert.True(run.Result.GetProperty("usage").GetProperty("input_tokens").GetInt32() > 5000, "the counts of the upstream reach the client");
    }

    [Fact]
    public async Task Every_turn_of_a_session_extends_the_upstreams_prompt_byte_for_byte()
    {
        using var claude = new ClaudeCode(World.Url);
        var first = await claude.AskAsync($"[[think:one by one]] {EchoOne} [[then]] [[text:now two]] {EchoTwo}", "--allowedTools", "Bash");
        Assert.Equal("results: one | two", first.Text);
        var second = await claude.AskAsync($"[[think:the last one]] {EchoThree}", "--continue", "--allowedTools", "Bash");
        Assert.Equal("results: three", second.Text);
        var bodies = World.Ollama.ChatRequests;
        Assert.Equal(5, bodies.Count);
        for (var turn = 1; turn < bodies.Count; turn++)
        {
            // The array of messages and the object end the body.
            Assert.EndsWith("]}", bodies[turn - 1]);
            Assert.StartsWith(bodies[turn - 1][..^2], bodies[turn]);
        }
    }

    [Fact]
    public async Task A_picture_that_it_reads_does_not_break_the_conversation()
    {
        using var claude = new ClaudeCode(World.Url);
        // One red pixel.
        const string png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
        await File.WriteAllBytesAsync(Path.Combine(claude.WorkingDirectory, "dot.png"), Convert.FromBase64String(png), TestContext.Current.CancellationToken);
        var path = JsonEncodedText.Encode(Path.Combine(claude.WorkingDirectory, "dot.png"));
        var run = await claude.AskAsync($$"""[[tool:Read {"file_path":"{{path}}"}]]""", "--allowedTools", "Read");
        Assert.StartsWith("results: ", run.Text);
    }

    [Fact]
    public async Task Thinking_is_shown_to_a_client_that_wants_to_see_it()
    {
        using var claude = new ClaudeCode(World.Url);
        // For a model of the 4.5 generation it asks to see the thinking; for the newest ones it asks for signatures only.
        var run = await claude.AskAsync($"[[think:I should look first.]] {EchoOne}", "--allowedTools", "Bash", "--model", "claude-sonnet-4-5");
        Assert.Equal("results: one", run.Text);
        Assert.Equal("I should look first.", run.Blocks.First().GetProperty("thinking").GetString());
        Assert.Contains("I should look first.", World.Ollama.ChatRequests[1]);
    }

    [Fact]
    public async Task A_deferred_tool_is_offered_to_the_model_once_it_was_searched_for()
    {
        using var claude = new ClaudeCode(World.Url);
        var run = await claude.AskAsync("""[[tool:ToolSearch {"query":"select:TaskStop"}]] [[then]] [[tool:TaskStop {"task_id":"none"}]]""", "--allowedTools", "ToolSearch", "TaskStop");
        var tools = World.Ollama.Chats.Select(chat => chat.Request.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()).ToList()).ToList();
        Assert.Equal(3, tools.Count);
        Assert.DoesNotContain("TaskStop", tools[0]);
        Assert.Contains("ToolSearch", tools[0]);
        // The list grows at its end, so that what a model has read of it stays valid.
        Assert.Equal([.. tools[0], "TaskStop"], tools[1]);
        Assert.All(tools, names => Assert.DoesNotContain("DeferredToolPlaceholder", names));
        // The loaded tool was called: it answers that there is no such task.
        Assert.Equal(2, run.ToolResults.Count());
        Assert.Contains("No task found with ID: none", run.ToolResults.Last().GetRawText());
    }

    [Fact]
    public async Task A_web_search_without_a_searching_model_still_gives_the_conversation_an_answer()
    {
        using var claude = new ClaudeCode(World.Url);
        var run = await claude.AskAsync(
            """[[tool:ToolSearch {"query":"select:WebSearch"}]] [[then]] [[tool:WebSearch {"query":"dragoman"}]] [[then]] [[text:searched]]""",
            "--allowedTools",
            "ToolSearch",
            "WebSearch");
        Assert.Equal("searched", run.Text);
        Assert.Contains("Web search results for query", run.ToolResults.Last().GetRawText());
    }

    [Fact]
    public async Task A_sub_agent_works_and_reports_back()
    {
        using var claude = new ClaudeCode(World.Url);
        var run = await claude.AskAsync(
            """[[tool:Agent {"description":"Greet","prompt":"Say hello.","subagent_type":"general-purpose","run_in_background":false}]] [[then]] [[text:reported]]""",
            "--allowedTools",
            "Agent");
        Assert.Equal("reported", run.Text);
        Assert.Contains(run.ToolResults, result => result.GetRawText().Contains("I am a simulated model.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Context_shows_counted_tokens()
    {
        using var claude = new ClaudeCode(World.Url);
        var run = await claude.AskAsync("/context");
        Assert.Matches(@"\| System prompt \| [\d.]+k? \|", run.Text);
        Assert.Matches(@"\| System tools \| [\d.]+k \|", run.Text);
        Assert.DoesNotContain("rror", run.Outcome.Errors);
        Assert.Empty(World.Ollama.ChatRequests);
        // All is in the log once the gateway has ended; without these lines Claude Code would have guessed.
        Assert.Equal(0, await World.Gateway.StopAsync());
        Assert.Contains("counted ", World.Gateway.Output);
    }

    [Fact]
    public async Task Model_discovery_finds_the_local_models_under_a_prefix()
    {
        using var claude = new ClaudeCode(World.Url).With("CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY", "1");
        var run = await claude.AskAsync("[[text:found]]");
        Assert.Equal("found", run.Text);
        var cache = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(claude.Home, ".claude", "cache", "gateway-models.json"), TestContext.Current.CancellationToken));
        var ids = cache.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("id").GetString()!).ToList();
        Assert.Contains("anthropic/gpt-oss:20b", ids);
        // Others are left out by Claude Code.
        Assert.All(ids, id => Assert.True(id.StartsWith("anthropic/", StringComparison.Ordinal) || id.StartsWith("claude-", StringComparison.Ordinal), id));
    }

    [Theory]
    [InlineData("anthropic/ollama/gpt-oss:20b")]
    [InlineData("anthropic/gpt-oss:20b")]
    [InlineData("gpt-oss:20b")]
    public async Task A_local_model_answers_under_the_name_that_was_listed_and_shorter_ones(string name)
    {
        using var claude = new ClaudeCode(World.Url);
        var run = await claude.AskAsync("[[text:chosen]]", "--model", name);
        Assert.Equal("chosen", run.Text);
        Assert.Equal("gpt-oss:20b", World.Ollama.Chats[0].Request.GetProperty("model").GetString());
    }

    [Fact]
    public async Task A_model_that_is_not_installed_is_named_in_the_message()
    {
        using var claude = new ClaudeCode(World.Url);
        var run = await claude.AskAsync("hello", "--model", "anthropic/qwen9:1b");
        Assert.NotEqual(0, run.Outcome.ExitCode);
        Assert.Contains("qwen9:1b", run.Outcome.Output);
        Assert.Empty(World.Ollama.ChatRequests);
    }
}
