using Dragoman.ClientTests.Processes;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.ClientTests.Worlds;

/// <summary>A simulated upstream and the real gateway in front of it, with every Claude name led to its model.</summary>
internal sealed class UpstreamWorld : IAsyncDisposable
{
    /// <summary>The table of upstreams.</summary>
    private static readonly Dictionary<string, Func<TemporaryDirectory, Task<SimulatedUpstream>>> Upstreams = new(StringComparer.Ordinal)
    {
        ["ollama"] = SimulatedUpstream.OllamaAsync,
        ["gemini"] = SimulatedUpstream.Gemini(ApiFlavour.GeminiApi),
        ["vertex-express"] = SimulatedUpstream.Gemini(ApiFlavour.VertexExpress),
        ["vertex"] = SimulatedUpstream.Gemini(ApiFlavour.Vertex),
        ["openai-chat"] = SimulatedUpstream.OpenAi("vllm", "vllm", "simulated-model", "The first thought."),
        ["openai-responses"] = SimulatedUpstream.OpenAi("agent", "openai", "gpt-5.4", "SEALED-"),
        ["anthropic"] = SimulatedUpstream.AnthropicAsync,
    };

    private readonly TemporaryDirectory _directory = new();
    private int _before;
    private int _refusedBefore;

    private UpstreamWorld(string name) => Name = name;

    /// <summary>All names.</summary>
    public static string[] Names { get; } = [.. Upstreams.Keys];

    /// <summary>The row's name.</summary>
    public string Name { get; }

    /// <summary>The upstream.</summary>
    public SimulatedUpstream Upstream { get; private set; } = null!;

    /// <summary>The gateway.</summary>
    public GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>Where the gateway listens.</summary>
    public Uri Url => Gateway.Url;

    /// <summary>The requests for answers since <see cref="Begin"/>.</summary>
    public IReadOnlyList<string> Bodies => [.. Upstream.Bodies().Skip(_before)];

    /// <summary>Starts both.</summary>
    public static async Task<UpstreamWorld> StartAsync(string name)
    {
        var world = new UpstreamWorld(name);
        world.Upstream = await Upstreams[name](world._directory);
        var config = world._directory.File("dragoman.json");
        // What the cases provoke must reach the client, and not be repaired by asking again.
        await File.WriteAllTextAsync(config, $$"""{ "retries": { "attempts": 1 }, "providers": { "up": {{world.Upstream.Section}} }, "models": { "claude-*": "up/{{world.Upstream.Model}}" } }""");
        world.Gateway = await GatewayProcess.StartAsync("--config", config);
        return world;
    }

    /// <summary>A test begins: what came before is not its own.</summary>
    public void Begin() => (_before, _refusedBefore) = (Upstream.Bodies().Count, Upstream.Refusals().Count);

    /// <summary>Fails when the upstream has refused anything.</summary>
    public void AssertNoRefusal() => Assert.Empty(Upstream.Refusals().Skip(_refusedBefore));

    /// <summary>What was refused up to now was meant to be.</summary>
    public void ForgiveRefusals() => _refusedBefore = Upstream.Refusals().Count;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        await Upstream.Server.DisposeAsync();
        _directory.Dispose();
    }
}

/// <summary>The worlds of a test class: each is started when its first test wants it.</summary>
public sealed class UpstreamWorlds : IAsyncLifetime
{
    private readonly Dictionary<string, UpstreamWorld> _worlds = new(StringComparer.Ordinal);

    /// <summary>The world of this upstream.</summary>
    internal async Task<UpstreamWorld> BeginAsync(string name)
    {
        if (!_worlds.TryGetValue(name, out var world)) _worlds[name] = world = await UpstreamWorld.StartAsync(name);
        world.Begin();
        return world;
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var world in _worlds.Values) await world.DisposeAsync();
    }
}
