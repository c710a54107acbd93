using Dragoman.ClientTests.Worlds;

namespace Dragoman.ClientTests.Matrix;

/// <summary>
/// Real clients on every upstream: one test, a row for each thing that a client does and each upstream that it does it with. The simulations refuse what the real
/// APIs refuse, so a broken rule fails the row. What is peculiar to one upstream has tests of its own.
/// </summary>
public sealed class ClientMatrixTests(UpstreamWorlds worlds, ITestOutputHelper output) : IClassFixture<UpstreamWorlds>
{
    private static readonly string[] Everywhere = UpstreamWorld.Names;

    // One of each API: a start of Claude Code or OpenCode takes seconds, and the doors of Gemini differ in nothing but address and key.
    private static readonly string[] EachApi = ["ollama", "gemini", "openai-chat", "openai-responses", "anthropic"];

    /// <summary>What clients do, and with which upstreams.</summary>
    private static readonly (string Name, Func<UpstreamWorld, Task> PlayAsync, string[] Upstreams)[] Cases =
    [
        ("Claude Code: rounds of a tool, thinking, --continue", ClaudeCodeCases.RoundsAsync, Everywhere),
        ("Claude Code: parallel calls, then a failing one", ClaudeCodeCases.ParallelAsync, EachApi),
        ("Claude Code: an error in mid-stream, and the second attempt", ClaudeCodeCases.RecoveryAsync, EachApi),
        // Ollama's model here doesn't see, and finds nothing on the web: ClaudeCodeTests has what becomes of that.
        ("Claude Code: a picture", ClaudeCodeCases.PictureAsync, ["gemini", "openai-chat", "openai-responses", "anthropic"]),
        ("Claude Code: a deferred tool and a search on the web", ClaudeCodeCases.SearchAsync, ["gemini", "anthropic"]),
        ("Claude Code: a sub-agent, and the models", ClaudeCodeCases.SubAgentAsync, EachApi),
        ("C# SDK: a loop, streamed", world => CSharpSdkCases.LoopAsync(world, streams: true), Everywhere),
        ("C# SDK: a loop, whole", world => CSharpSdkCases.LoopAsync(world, streams: false), Everywhere),
        ("C# SDK: counts, models, errors", CSharpSdkCases.RestAsync, EachApi),
        ("TypeScript SDK: a stream", TypeScriptSdkCases.StreamAsync, Everywhere),
        ("TypeScript SDK: a loop", TypeScriptSdkCases.LoopAsync, Everywhere),
        ("TypeScript SDK: whole answers", TypeScriptSdkCases.WholeAsync, EachApi),
        ("TypeScript SDK: counts", TypeScriptSdkCases.CountsAsync, EachApi),
        ("TypeScript SDK: errors", TypeScriptSdkCases.ErrorsAsync, EachApi),
        ("OpenCode: rounds of a tool", OpenCodeCases.RoundsAsync, EachApi),
    ];

    /// <summary>Upstream and case.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Rows() =>
        from upstream in Everywhere
        from entry in Cases
        where entry.Upstreams.Contains(upstream, StringComparer.Ordinal)
        select new TheoryDataRow<string, string>(upstream, entry.Name);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_client_works_on_every_upstream(string upstream, string name)
    {
        var world = await worlds.BeginAsync(upstream);
        try
        {
            await Cases.Single(entry => entry.Name == name).PlayAsync(world);
            world.AssertNoRefusal();
        }
        catch
        {
            output.WriteLine(world.Gateway.Output);
            throw;
        }
    }
}
