using System.Text.Json;
using Dragoman.ClientTests.Clients;
using Dragoman.ClientTests.Worlds;

namespace Dragoman.ClientTests.Matrix;

/// <summary>What Claude Code does on every upstream: as users run it, with its default model and nothing configured but the gateway's address.</summary>
internal static class ClaudeCodeCases
{
    private const string EchoOne = """[[tool:Bash {"command":"echo one","description":"Print one"}]]""";
    private const string EchoTwo = """[[tool:Bash {"command":"echo two","description":"Print two"}]]""";
    private const string EchoThree = """[[tool:Bash {"command":"echo three","description":"Print three"}]]""";

    /// <summary>A loop of several rounds with thinking that comes back, and the conversation resumed by another process.</summary>
    public static async Task RoundsAsync(UpstreamWorld world)
    {
        using var claude = new ClaudeCode(world.Url);
        var run = await claude.AskAsync($"[[think:The first thought.]] {EchoOne} [[then]] {EchoTwo} [[then]] [[think:The second thought.]] [[text:Größer als 東京 👋]] {EchoThree}", "--allowedTools", "Bash");
        Assert.Equal("results: one | two | three", run.Text);
        Assert.Contains(run.Blocks, block => block.GetProperty("type").ValueEquals("text") && block.GetProperty("text").GetString() == "Größer als 東京 👋");
        // One a thought; Gemini signs calls, too, and such a signature is a thinking block of its own.
        var thinking = run.Blocks.Where(block => block.GetProperty("type").ValueEquals("thinking")).ToList();
        Assert.True(thinking.Count >= 2);
        Assert.All(thinking, block => Assert.NotEmpty(block.GetProperty("signature").GetString()!));
        Assert.Equal(4, world.Bodies.Count);
        if (world.Upstream.ThinkingMark is { } mark) Assert.Contains(mark, world.Bodies[1]);
        // Thinking and signatures come back from the conversation that Claude Code has stored.
        Assert.Equal("results: two", (await claude.AskAsync(EchoTwo, "--continue", "--allowedTools", "Bash")).Text);
        Assert.DoesNotContain("skip_thought_signature_validator", world.Bodies[^1]);
    }

    /// <summary>Two calls at once whose results come in the other order, and a command that fails.</summary>
    public static async Task ParallelAsync(UpstreamWorld world)
    {
        using var claude = new ClaudeCode(world.Url);
        var run = await claude.AskAsync(
            $$"""[[tool:Bash {"command":"sleep 0.5 && echo one","description":"Print one late"}]] [[and]] {{EchoTwo}} [[then]] [[tool:Bash {"command":"echo broken >&2; exit 3","description":"Fail"}]]""",
            "--allowedTools",
            "Bash");
        // Claude Code sends results in the order in which the commands ended; an upstream that pairs them by position needs the order of the calls.
        Assert.Equal(["two", "one"], run.ToolResults.Take(2).Select(result => result.GetProperty("content").GetString()));
        Assert.StartsWith("results: one | two | ", run.Text);
        Assert.True(run.ToolResults.Last().GetProperty("is_error").GetBoolean());
        Assert.Contains("Exit code 3\\nbroken", world.Bodies[^1]);
        Assert.Equal(3, world.Bodies.Count);
    }

    /// <summary>The upstream fails in the middle of an answer; the client asks again.</summary>
    public static async Task RecoveryAsync(UpstreamWorld world)
    {
        using var claude = new ClaudeCode(world.Url);
        Assert.Equal("the second attempt", (await claude.AskAsync("[[error:mid]] [[text:the second attempt]]")).Text);
        Assert.Equal(2, world.Bodies.Count);
    }

    /// <summary>A picture that a tool reads, on a model that sees.</summary>
    public static async Task PictureAsync(UpstreamWorld world)
    {
        using var claude = new ClaudeCode(world.Url);
        // One red pixel.
        const string png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
        await File.WriteAllBytesAsync(Path.Combine(claude.WorkingDirectory, "dot.png"), Convert.FromBase64String(png), TestContext.Current.CancellationToken);
        var run = await claude.AskAsync($$"""[[tool:Read {"file_path":"{{JsonEncodedText.Encode(Path.Combine(claude.WorkingDirectory, "dot.png"))}}"}]]""", "--allowedTools", "Read");
        Assert.StartsWith("results: ", run.Text);
        Assert.Contains("iVBORw0KGgo", world.Bodies[^1]);
    }

    /// <summary>WebSearch, which Claude Code hides until it is searched for.</summary>
    public static async Task SearchAsync(UpstreamWorld world)
    {
        using var claude = new ClaudeCode(world.Url);
        var run = await claude.AskAsync(
            """[[tool:ToolSearch {"query":"select:WebSearch"}]] [[then]] [[tool:WebSearch {"query":"dragoman"}]] [[then]] [[text:searched]]""",
            "--allowedTools",
            "ToolSearch",
            "WebSearch");
        Assert.Equal("searched", run.Text);
        var found = run.ToolResults.Last().GetRawText();
        Assert.Contains("https://one.example/page?q=1", found);
        Assert.Contains("the first page knows it", found);
    }

    /// <summary>A sub-agent, and the list of models.</summary>
    public static async Task SubAgentAsync(UpstreamWorld world)
    {
        using var claude = new ClaudeCode(world.Url).With("CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY", "1");
        var run = await claude.AskAsync(
            """[[tool:Agent {"description":"Greet","prompt":"Say hello.","subagent_type":"general-purpose","run_in_background":false}]] [[then]] [[text:reported]]""", "--allowedTools", "Agent");
        Assert.Equal("reported", run.Text);
        Assert.Contains(run.ToolResults, result => result.GetRawText().Contains("I am a simulated model.", StringComparison.Ordinal));
        Assert.Contains(world.Upstream.Model, await File.ReadAllTextAsync(Path.Combine(claude.Home, ".claude", "cache", "gateway-models.json"), TestContext.Current.CancellationToken));
    }
}
