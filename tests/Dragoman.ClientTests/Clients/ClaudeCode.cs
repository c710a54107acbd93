using System.Text.Json;

namespace Dragoman.ClientTests.Clients;

/// <summary>Claude Code as a newcomer has it: an empty home, two environment variables, nothing of this machine.</summary>
internal sealed class ClaudeCode : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Gateway _gateway;

    /// <summary>Makes an empty home.</summary>
    public ClaudeCode(Gateway gateway)
    {
        _gateway = gateway;
        Home = Directory.CreateTempSubdirectory("dragoman-home-").FullName;
        Folder = Directory.CreateTempSubdirectory("dragoman-work-").FullName;
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = Home,
            ["ANTHROPIC_BASE_URL"] = gateway.Url,
            ["ANTHROPIC_AUTH_TOKEN"] = "dragoman",
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        };
    }

    /// <summary>Its home.</summary>
    public string Home { get; }

    /// <summary>Where it works.</summary>
    public string Folder { get; }

    /// <summary>Its whole environment, besides PATH.</summary>
    public Dictionary<string, string> Environment { get; }

    private static string Binary => Path.Combine(Gateway.Repository, "tests/Dragoman.ClientTests/node_modules/@anthropic-ai/claude-code-linux-x64/claude");

    /// <summary>Runs <c>claude -p</c>; returns its result object.</summary>
    public async Task<JsonElement> AskAsync(string prompt, params string[] arguments)
    {
        var run = await RunAsync(["-p", prompt, "--output-format", "json", "--allowedTools", "Bash", .. arguments]);
        Assert.True(run.Output.StartsWith('{'), $"claude said: {run.Output}\n{run.Errors}\n{_gateway.Log}");
        return JsonDocument.Parse(run.Output).RootElement;
    }

    /// <summary>Runs <c>claude -p</c>; returns every message of its stream.</summary>
    public async Task<List<JsonElement>> StreamAsync(string prompt, params string[] arguments)
    {
        var run = await RunAsync(["-p", prompt, "--output-format", "stream-json", "--verbose", "--include-partial-messages", "--allowedTools", "Bash", .. arguments]);
        return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>Runs <c>claude</c>.</summary>
    public Task<Run> RunAsync(IEnumerable<string> arguments) => Run.ProgramAsync(Binary, arguments, Environment, Folder, Limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        Directory.Delete(Home, recursive: true);
        Directory.Delete(Folder, recursive: true);
    }
}
