using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.ClientTests.Processes;

namespace Dragoman.ClientTests.Clients;

/// <summary>OpenCode, told to use the gateway as its Anthropic provider and to leave the network alone.</summary>
internal sealed class OpenCode : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _environment;
    private readonly string _workingDirectory;

    /// <summary>A client of this gateway that asks for this model.</summary>
    public OpenCode(Uri gateway, string model)
    {
        var home = _directory.Folder("home");
        _workingDirectory = _directory.Folder("project");
        _environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = home,
            ["OPENCODE_PURE"] = "1",
            ["OPENCODE_DISABLE_MODELS_FETCH"] = "1",
            ["OPENCODE_DISABLE_AUTOUPDATE"] = "1",
            ["OPENCODE_DISABLE_DEFAULT_PLUGINS"] = "1",
            ["OPENCODE_DISABLE_LSP_DOWNLOAD"] = "1",
            ["OPENCODE_DISABLE_SHARE"] = "1",
        };
        File.WriteAllText(Path.Combine(_workingDirectory, "opencode.json"), Configuration(gateway, model));
        PretendPluginsAreInstalled(Path.Combine(home, ".config", "opencode"));
    }

    /// <summary>Asks one question: <c>opencode run</c>.</summary>
    public async Task<OpenCodeRun> AskAsync(string prompt)
    {
        // An argument with a space in it is put into quotes and escaped before the model sees it; one without is not.
        string[] arguments = ["run", "--title", "test", "--format", "json", "--thinking", .. prompt.Split(' ')];
        return new OpenCodeRun(await ClientProcess.RunAsync(Installed.OpenCode, arguments, _environment, _workingDirectory));
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    // It appends /messages to the address, so that ends in /v1.
    private static string Configuration(Uri gateway, string model) => new JsonObject
    {
        ["model"] = $"anthropic/{model}",
        ["small_model"] = $"anthropic/{model}",
        ["permission"] = "allow",
        ["enabled_providers"] = new JsonArray("anthropic"),
        ["provider"] = new JsonObject
        {
            ["anthropic"] = new JsonObject
            {
                ["options"] = new JsonObject { ["baseURL"] = new Uri(gateway, "/v1").ToString(), ["apiKey"] = "test-token" },
                ["models"] = new JsonObject
                {
                    [model] = new JsonObject { ["name"] = model, ["tool_call"] = true, ["limit"] = new JsonObject { ["context"] = 32768, ["output"] = 4096 } },
                },
            },
        },
    }.ToJsonString();

    // It installs @opencode-ai/plugin into its configuration folder from the npm registry, unless node_modules exists and the lock file names the package.
    private static void PretendPluginsAreInstalled(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "node_modules"));
        File.WriteAllText(Path.Combine(folder, "package-lock.json"), """{"lockfileVersion":3,"packages":{"":{"dependencies":{"@opencode-ai/plugin":"*"}}}}""");
    }
}

/// <summary>One run of OpenCode.</summary>
internal sealed class OpenCodeRun
{
    /// <summary>Reads the events: one JSON object a line.</summary>
    public OpenCodeRun(ProcessOutcome outcome)
    {
        Outcome = outcome;
        Events = [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line))];
    }

    /// <summary>The process's end.</summary>
    public ProcessOutcome Outcome { get; }

    /// <summary>All events.</summary>
    public IReadOnlyList<JsonElement> Events { get; }

    /// <summary>The text of all answers; the run must have succeeded.</summary>
    public string Text
    {
        get
        {
            Assert.True(Outcome.ExitCode == 0 && !Events.Any(step => step.GetProperty("type").ValueEquals("error")), Outcome.ToString());
            return string.Concat(Parts("text").Select(part => part.GetProperty("text").GetString()));
        }
    }

    /// <summary>The parts of one type: text, reasoning, tool_use...</summary>
    public IEnumerable<JsonElement> Parts(string type) => Events.Where(step => step.GetProperty("type").ValueEquals(type)).Select(step => step.GetProperty("part"));
}
