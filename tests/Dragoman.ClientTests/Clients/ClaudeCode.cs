using System.Diagnostics;
using System.Text.Json;
using Dragoman.ClientTests.Processes;

namespace Dragoman.ClientTests.Clients;

/// <summary>Claude Code with a home of its own; runs of one instance share that home, so that a session can be continued.</summary>
internal sealed class ClaudeCode : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _environment;

    /// <summary>A client of this gateway that has never run before.</summary>
    public ClaudeCode(Uri gateway)
    {
        WorkingDirectory = _directory.Folder("project");
        _environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = _directory.Folder("home"),
            ["ANTHROPIC_BASE_URL"] = gateway.ToString().TrimEnd('/'),
            ["ANTHROPIC_AUTH_TOKEN"] = "test-token",
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        };
    }

    /// <summary>Its home directory.</summary>
    public string Home => _environment["HOME"];

    /// <summary>Where it runs: the project that it works on.</summary>
    public string WorkingDirectory { get; }

    /// <summary>Sets an environment variable for all following runs.</summary>
    public ClaudeCode With(string name, string value)
    {
        _environment[name] = value;
        return this;
    }

    /// <summary>Asks one question: <c>claude -p</c>.</summary>
    /// <param name="prompt">The question, or a slash command.</param>
    /// <param name="options">Further options.</param>
    public async Task<ClaudeCodeRun> AskAsync(string prompt, params string[] options) =>
        new(await ClientProcess.RunAsync(Installed.ClaudeCode, Arguments(prompt, options), _environment, WorkingDirectory));

    /// <summary>Asks one question, and kills the client when told to.</summary>
    public async Task AskUntilKilledAsync(string prompt, CancellationToken kill)
    {
        using var process = Process.Start(ClientProcess.StartInfo(Installed.ClaudeCode, Arguments(prompt), _environment, WorkingDirectory))!;
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var killing = kill.Register(() => process.Kill(entireProcessTree: true));
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static string[] Arguments(string prompt, params string[] options) => ["-p", prompt, "--output-format", "stream-json", "--verbose", .. options];
}

/// <summary>One run of Claude Code.</summary>
internal sealed class ClaudeCodeRun
{
    /// <summary>Reads the events: one JSON object a line.</summary>
    public ClaudeCodeRun(ProcessOutcome outcome)
    {
        Outcome = outcome;
        Events = [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line))];
    }

    /// <summary>The process's end.</summary>
    public ProcessOutcome Outcome { get; }

    /// <summary>All events.</summary>
    public IReadOnlyList<JsonElement> Events { get; }

    /// <summary>The last event, with text and usage; the run must have succeeded.</summary>
    public JsonElement Result
    {
        get
        {
            var result = Events.LastOrDefault(step => step.GetProperty("type").ValueEquals("result"));
            Assert.True(Outcome.ExitCode == 0 && result.ValueKind == JsonValueKind.Object && !result.GetProperty("is_error").GetBoolean(), Outcome.ToString());
            return result;
        }
    }

    /// <summary>The final text; the run must have succeeded.</summary>
    public string Text => Result.GetProperty("result").GetString()!;

    /// <summary>The content blocks that the model sent, in order.</summary>
    public IEnumerable<JsonElement> Blocks => Contents("assistant");

    /// <summary>The tool results that the client sent back.</summary>
    public IEnumerable<JsonElement> ToolResults => Contents("user").Where(block => block.GetProperty("type").ValueEquals("tool_result"));

    private IEnumerable<JsonElement> Contents(string type) => Events
        .Where(step => step.GetProperty("type").ValueEquals(type))
        .Select(step => step.GetProperty("message").GetProperty("content"))
        .Where(content => content.ValueKind == JsonValueKind.Array)
        .SelectMany(content => content.EnumerateArray());
}
