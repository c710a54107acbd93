using System.Diagnostics;
using System.Text;
using Dragoman.ClientTests.Clients;
using Dragoman.ClientTests.Processes;
using Dragoman.ClientTests.Worlds;
using Dragoman.Upstreams;

namespace Dragoman.ClientTests;

/// <summary>What a newcomer has: servers at their usual ports, nothing configured, nothing in the environment but HOME and PATH.</summary>
public sealed class UsualPortsTests
{
    private const string EchoOne = """[[tool:Bash {"command":"echo one","description":"Print one"}]]""";

    private static string ClaudeFolder => Path.GetDirectoryName(Installed.ClaudeCode)!;

    [Theory(Timeout = 90_000)]
    [InlineData("ollama")]
    [InlineData("lmstudio")]
    [InlineData("vllm")]
    [InlineData("sglang")]
    [InlineData("llamacpp")]
    [InlineData("jan")]
    public async Task One_command_does_real_work_in_Claude_Code_whatever_server_runs(string server)
    {
        await using var ports = await UsualPorts.StartAsync(server);
        using var dragoman = new Launched(ClaudeFolder).Among(ports);
        var outcome = await dragoman.RunAsync("launch", "claude", "-p", EchoOne, "--allowedTools", "Bash");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal("results: one", outcome.Output.Trim());
        Assert.Contains($"  sonnet  {server}/", outcome.Errors);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_server_that_is_started_later_takes_over_from_the_demo()
    {
        await using var ports = await UsualPorts.StartAsync();
        using var gateway = new Launched().Among(ports);
        var serving = gateway.Start("serve");
        await SeenAsync(serving, "ANTHROPIC_BASE_URL");
        await ports.AddAsync("vllm");
        await SeenAsync(serving, "vllm is there now (http://localhost:8000/v1): it answers from now on");
        await SeenAsync(serving, "Configuration exchanged");
        using var dragoman = new Launched(ClaudeFolder).Among(ports);
        var outcome = await dragoman.RunAsync("launch", "claude", "-p", "[[text:from-the-late-one]]");
        Assert.Equal("from-the-late-one", outcome.Output.Trim());
        Assert.Contains("(it ran already)", outcome.Errors);
        Assert.Contains("  sonnet  vllm/", outcome.Errors);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_server_that_is_started_after_the_client_answers_it()
    {
        await using var ports = await UsualPorts.StartAsync();
        using var dragoman = new Launched();
        var log = Path.Combine(dragoman.Home, ".local", "state", "dragoman", "launch.log");
        // The client begins its work when the gateway has seen the server.
        dragoman.WithScript("claude", $"echo ready; until grep -q 'it answers from now on' '{log}'; do sleep 0.1; done; exec '{Installed.ClaudeCode}' -p '[[text:from-the-late-one]]'").Among(ports);
        var process = dragoman.Start("launch", "claude");
        process.StandardInput.Close();
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await ports.AddAsync("ollama");
        Assert.Equal("from-the-late-one", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Serve_finds_all_servers_of_a_machine_and_says_which_answers()
    {
        await using var ports = await UsualPorts.StartAsync([.. UsualServers.Names]);
        // With one that answers, those that don't within a second are left out, on a machine that is busy with tests too.
        using var dragoman = new Launched().Among(ports).With("DRAGOMAN_DISCOVERY_SECONDS", "20");
        var process = dragoman.Start("serve");
        Assert.Matches(@"^Dragoman \S+ listens on http://127\.0\.0\.1:3000$", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        var seen = await SeenAsync(process, "ANTHROPIC_BASE_URL");
        Assert.Matches(@"found +ollama +http://localhost:11434, \d+ models\n", seen);
        Assert.Matches(@"found +lmstudio +http://localhost:1234/v1, 1 model\n", seen);
        Assert.Matches(@"found +vllm +http://localhost:8000/v1, 1 model\n", seen);
        Assert.Matches(@"found +sglang +http://localhost:30000/v1, 1 model\n", seen);
        Assert.Matches(@"found +llamacpp +http://localhost:8080/v1, 1 model\n", seen);
        Assert.Matches(@"found +jan +http://localhost:1337/v1, 1 model\n", seen);
        Assert.Matches(@"sonnet +-> \w+/\S+ +[\d,]+ tokens\n", seen);
        Assert.Contains("\n  dragoman launch claude\n", seen);
    }

    // What it says up to the line that has these words.
    private static async Task<string> SeenAsync(Process process, string words)
    {
        var seen = new StringBuilder();
        string? line;
        while ((line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)) is not null)
        {
            seen.Append(line).Append('\n');
            if (line.Contains(words, StringComparison.Ordinal)) return seen.ToString();
        }

        throw new InvalidOperationException($"It ended without '{words}':\n{seen}");
    }
}
