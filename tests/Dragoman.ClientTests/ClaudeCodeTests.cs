using System.Text;
using System.Text.Json;
using Dragoman.ClientTests.Clients;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Dragoman.ClientTests;

/// <summary>The real Claude Code, the real program, a simulated model.</summary>
public sealed class ClaudeCodeTests
{
    [Fact]
    public async Task Answers_text()
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        var result = await claude.AskAsync("[[text:Grüße aus 東京 👋]]");
        Assert.Equal("Grüße aus 東京 👋", result.GetProperty("result").GetString());
        Assert.False(result.GetProperty("is_error").GetBoolean());
        Assert.True(result.GetProperty("usage").GetProperty("input_tokens").GetInt32() > 5000);
    }

    [Fact]
    public async Task Does_a_task_of_three_rounds_whose_results_the_model_sees()
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        var result = await claude.AskAsync(
            "[[think:first]] [[tool:Bash {\"command\":\"echo one > f.txt; cat f.txt\",\"description\":\"d\"}]] [[then]] [[text:going on]] [[tool:Bash {\"command\":\"echo two >> f.txt; tail -1 f.txt\",\"description\":\"d\"}]] [[then]] [[tool:Bash {\"command\":\"wc -l < f.txt\",\"description\":\"d\"}]]");
        Assert.Equal("results: one | two | 2", result.GetProperty("result").GetString());
        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(Path.Combine(claude.Folder, "f.txt")));
        AssertPrefixes(gateway);
    }

    [Fact]
    public async Task Runs_two_calls_of_one_answer()
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        var result = await claude.AskAsync("[[tool:Bash {\"command\":\"echo one\",\"description\":\"d\"}]] [[and]] [[tool:Bash {\"command\":\"echo two\",\"description\":\"d\"}]]");
        Assert.Equal("results: one | two", result.GetProperty("result").GetString());
    }

    [Fact]
    public async Task Lets_the_model_see_that_a_tool_failed()
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        var result = await claude.AskAsync("[[tool:Bash {\"command\":\"echo broken >&2; exit 3\",\"description\":\"d\"}]]");
        Assert.StartsWith("results: The tool failed:", result.GetProperty("result").GetString());
    }

    [Fact]
    public async Task Shows_thinking_and_gives_it_back_to_the_model()
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        // An id of the 4.5 generation asks to see the thinking; the newest ones have it omitted.
        var messages = await claude.StreamAsync("[[think:I should look first]] [[tool:Bash {\"command\":\"echo one\",\"description\":\"d\"}]]", "--model", "claude-sonnet-4-5");
        var thinking = messages.Where(message => message.GetProperty("type").GetString() == "assistant")
            .SelectMany(message => message.GetProperty("message").GetProperty("content").EnumerateArray())
            .Where(block => block.GetProperty("type").GetString() == "thinking").ToList();
        Assert.Equal("I should look first", thinking[0].GetProperty("thinking").GetString());
        Assert.NotEmpty(thinking[0].GetProperty("signature").GetString()!);
        Assert.Contains("\"thinking\":\"I should look first\"", gateway.Ollama.ChatRequests[^1]);
    }

    [Fact]
    public async Task Thinking_that_the_client_does_not_want_to_see_still_comes_back_to_the_model()
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        await claude.AskAsync("[[think:a hidden thought]] [[tool:Bash {\"command\":\"echo one\",\"description\":\"d\"}]]");
        Assert.Contains("\"thinking\":\"a hidden thought\"", gateway.Ollama.ChatRequests[^1]);
    }

    [Fact]
    public async Task Finds_a_deferred_tool_and_can_call_it()
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        await claude.AskAsync("[[tool:ToolSearch {\"query\":\"select:WebFetch\",\"max_results\":1}]]");
        var (before, after) = (Tools(gateway.Ollama.ChatRequests[0]), Tools(gateway.Ollama.ChatRequests[^1]));
        Assert.Contains("ToolSearch", before);
        Assert.DoesNotContain("WebFetch", before);
        Assert.DoesNotContain("DeferredToolPlaceholder", before);
        // The list grew at its end only.
        Assert.Equal([.. before, "WebFetch"], after);
        Assert.Contains("The tool WebFetch is available now:", gateway.Ollama.ChatRequests[^1]);
    }

    [Theory]
    [InlineData("[[error]]")]
    [InlineData("[[drop]]")]
    public async Task Recovers_from_a_failure_in_the_middle_of_an_answer(string failure)
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        var result = await claude.AskAsync($"{failure} [[text:recovered]]");
        Assert.Equal("recovered", result.GetProperty("result").GetString());
        Assert.True(gateway.Ollama.ChatRequests.Count >= 2);
    }

    [Fact]
    public async Task Waits_for_a_model_that_is_silent_for_longer_than_the_grace()
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        var result = await claude.AskAsync("[[silence:3500]] [[text:late]]");
        Assert.Equal("late", result.GetProperty("result").GetString());
        Assert.Single(gateway.Ollama.ChatRequests);
    }

    [Fact]
    public async Task Counts_its_context()
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        var result = await claude.AskAsync("/context");
        Assert.Matches(@"System tools \| [\d.]+k", result.GetProperty("result").GetString());
        Assert.Contains("counted ", gateway.Log);
    }

    [Fact]
    public async Task Lists_the_models_in_its_picker()
    {
        await using var gateway = await Gateway.StartAsync();
        using var claude = new ClaudeCode(gateway);
        claude.Environment.Remove("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC");
        claude.Environment["CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY"] = "1";
        await claude.AskAsync("[[text:hi]]", "--model", "anthropic/qwen3:8b");
        var cache = Path.Combine(claude.Home, ".claude/cache/gateway-models.json");
        Assert.True(File.Exists(cache), $"no list of models was kept\n{gateway.Log}");
        Assert.Contains("anthropic/qwen3-coder:30b", await File.ReadAllTextAsync(cache));
        Assert.Contains("anthropic/qwen3:8b -> ollama/qwen3:8b", gateway.Log);
    }

    [Theory]
    [InlineData("claude-code-title")]
    [InlineData("claude-code-first-request")]
    [InlineData("claude-code-tool-results")]
    [InlineData("claude-code-after-tool-search")]
    [InlineData("claude-code-subagent")]
    [InlineData("claude-code-web-search")]
    [InlineData("claude-code-interactive-first-request")]
    [InlineData("claude-code-cut-off")]
    public async Task Requests_that_it_was_recorded_to_send_are_answered(string name)
    {
        await using var gateway = await Gateway.StartAsync();
        using var http = new HttpClient();
        var body = await File.ReadAllTextAsync(Path.Combine(Gateway.Repository, $"tests/Dragoman.ClientTests/Recorded/{name}.json"));
        using var response = await http.PostAsync($"{gateway.Url}/v1/messages?beta=true", new StringContent(body, Encoding.UTF8, "application/json"));
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, answer);
        Assert.Contains("message_stop", answer);
        if (name == "claude-code-title") Assert.Contains("\\\"title\\\"", answer);
        if (name == "claude-code-web-search") Assert.Contains("web_search=unavailable", response.Headers.GetValues("x-dragoman-degraded").Single());
    }

    // Each turn's request is a byte prefix of the next one's, up to the end of the messages.
    private static void AssertPrefixes(Gateway gateway)
    {
        var bodies = gateway.Ollama.ChatRequests;
        for (var turn = 1; turn < bodies.Count; turn++) Assert.StartsWith(bodies[turn - 1][..^2], bodies[turn]);
        Assert.Equal(1, gateway.Ollama.Loads("qwen3:8b"));
    }

    private static List<string> Tools(string body) =>
        [.. JsonDocument.Parse(body).RootElement.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()!)];
}
