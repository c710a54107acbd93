using Dragoman.ClientTests.Clients;

namespace Dragoman.ClientTests;

/// <summary>What Claude Code makes of an upstream that fails or is slow.</summary>
public sealed class ClaudeCodeRecoveryTests(ITestOutputHelper output) : GatewayTest(output)
{
    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_of_an_answer_is_followed_by_a_second_attempt()
    {
        using var claude = new ClaudeCode(World.Url);
        var run = await claude.AskAsync("[[drop:mid]] [[text:the second attempt]]");
        Assert.Equal("the second attempt", run.Text);
        Assert.Equal(2, World.Ollama.ChatRequests.Count);
    }

    [Fact]
    public async Task A_tool_call_before_the_failure_is_never_run_twice()
    {
        using var claude = new ClaudeCode(World.Url);
        var run = await claude.AskAsync("""[[tool:Bash {"command":"echo run >> runs; cat runs","description":"Count"}]] [[error:mid]]""", "--allowedTools", "Bash");
        Assert.Equal("results: run", run.Text);
        Assert.Equal("run\n", await File.ReadAllTextAsync(Path.Combine(claude.WorkingDirectory, "runs"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_model_that_is_silent_longer_than_the_grace_still_answers()
    {
        using var claude = new ClaudeCode(World.Url);
        var run = await claude.AskAsync("[[silence:3000]] [[text:late but here]]");
        Assert.Equal("late but here", run.Text);
        Assert.Single(World.Ollama.ChatRequests);
    }

    [Fact]
    public async Task A_client_that_is_killed_ends_the_upstreams_work()
    {
        using var claude = new ClaudeCode(World.Url);
        using var kill = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var run = claude.AskUntilKilledAsync("[[silence:60000]] [[text:never]]", kill.Token);
        await World.Ollama.WaitForChatsAsync(1, TestContext.Current.CancellationToken);
        await kill.CancelAsync();
        await run;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await World.Ollama.WaitForOpenChatsAsync(0, limit.Token);
        Assert.Equal(1, World.Ollama.AbortedChats);
    }
}
