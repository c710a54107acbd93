using System.Globalization;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;

namespace Dragoman.Upstreams;

/// <summary>Servers as people run them on their own machine: each on its usual port, without a key, with an agent for a model.</summary>
public static class UsualServers
{
    private const int OllamaPort = 11434;

    private static readonly Dictionary<string, (int Port, ServerKind Kind)> OpenAi = new(StringComparer.Ordinal)
    {
        ["lmstudio"] = (1234, ServerKind.LmStudio),
        ["vllm"] = (8000, ServerKind.Vllm),
        ["sglang"] = (30000, ServerKind.Sglang),
        ["llamacpp"] = (8080, ServerKind.LlamaCpp),
        ["jan"] = (1337, ServerKind.Jan),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names => ["ollama", .. OpenAi.Keys];

    /// <summary>The ports on which the servers of these names listen.</summary>
    public static IEnumerable<int> Ports(IEnumerable<string> names) => names.Select(name => name == "ollama" ? OllamaPort : OpenAi[name].Port);

    /// <summary>Starts a server on its usual port, and asks it once: a server that has run for a while doesn't begin to compile itself when it is asked. Null when there is none of this name.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<IAsyncDisposable?> StartAsync(string name)
    {
        IAsyncDisposable? started = null;
        if (name == "ollama") started = await SimulatedOllama.StartAsync(OllamaScenario.Agent(), OllamaPort);
        else if (OpenAi.TryGetValue(name, out var server)) started = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Kind = server.Kind, Key = null }, server.Port);
        if (started is null) return null;
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{Ports([name]).Single().ToString(CultureInfo.InvariantCulture)}/v1/models"));
        return started;
    }
}
