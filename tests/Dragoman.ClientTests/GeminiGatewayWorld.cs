using System.Text.Json;
using Dragoman.ClientTests.Processes;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.ClientTests;

/// <summary>A simulated Gemini that does what prompts say and refuses what Google refuses, and the real gateway in front of it, started as users start it.</summary>
internal sealed class GeminiGatewayWorld : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private GeminiGatewayWorld(SimulatedGemini gemini) => Gemini = gemini;

    /// <summary>The upstream.</summary>
    public SimulatedGemini Gemini { get; }

    /// <summary>The gateway.</summary>
    public GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>Starts both.</summary>
    public static async Task<GeminiGatewayWorld> StartAsync(ApiFlavour flavour)
    {
        var scenario = GeminiScenario.Agent();
        var world = new GeminiGatewayWorld(await SimulatedGemini.StartAsync(scenario));
        string[] access = flavour switch
        {
            ApiFlavour.Vertex => ["--vertex-project", scenario.Project, "--config", await world.WriteCredentialsAsync()],
            ApiFlavour.VertexExpress => ["--gemini-key", scenario.ExpressKey],
            _ => ["--gemini-key", scenario.ApiKey],
        };
        world.Gateway = await GatewayProcess.StartAsync(["--gemini-url", world.Gemini.Url.ToString(), .. access]);
        return world;
    }

    // Google's token endpoint is named in the credentials' file, so it is the simulated one.
    private async Task<string> WriteCredentialsAsync()
    {
        var credentials = Path.Combine(_directory.Path, "service-account.json");
        await File.WriteAllTextAsync(credentials, SimulatedAccount.ServiceAccountFile(Gemini.TokenUrl));
        var config = Path.Combine(_directory.Path, "dragoman.json");
        await File.WriteAllTextAsync(config, $$"""{ "providers": { "gemini": { "credentials": {{JsonSerializer.Serialize(credentials)}} } } }""");
        return config;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        await Gemini.DisposeAsync();
        _directory.Dispose();
    }
}
