using System.Text.Json;
using Dragoman.ClientTests.Processes;
using Dragoman.Upstreams.Anthropic;
using Dragoman.Upstreams.Gemini;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;

namespace Dragoman.ClientTests.Worlds;

/// <summary>One row of the table of upstreams: a simulation that does what prompts say, and the section of the configuration that leads to it.</summary>
/// <param name="Server">The simulation.</param>
/// <param name="Model">The model that answers in the place of Claude's.</param>
/// <param name="Section">The provider's section.</param>
/// <param name="Bodies">All requests for answers so far, also those that were refused.</param>
/// <param name="Refusals">Why the simulation refused requests: rules of the real API that the gateway broke.</param>
internal sealed record SimulatedUpstream(IAsyncDisposable Server, string Model, string Section, Func<IReadOnlyList<string>> Bodies, Func<IReadOnlyList<string>> Refusals)
{
    /// <summary>What of the thinking stands in the next turn's request; null: the API takes none back.</summary>
    public string? ThinkingMark { get; init; }

    /// <summary>Starts Ollama.</summary>
    public static async Task<SimulatedUpstream> OllamaAsync(TemporaryDirectory directory)
    {
        var server = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        return new SimulatedUpstream(server, "qwen3:8b", $$"""{"type":"ollama","url":"{{server.Url}}"}""", () => server.ChatRequests, () => []) { ThinkingMark = "The first thought." };
    }

    /// <summary>Starts Gemini, behind one of its doors.</summary>
    public static Func<TemporaryDirectory, Task<SimulatedUpstream>> Gemini(ApiFlavour flavour) => async directory =>
    {
        var scenario = GeminiScenario.Agent();
        var server = await SimulatedGemini.StartAsync(scenario);
        var access = flavour switch
        {
            ApiFlavour.Vertex => $"\"project\":\"{scenario.Project}\",\"credentials\":{JsonSerializer.Serialize(await CredentialsAsync(directory, server))}",
            ApiFlavour.VertexExpress => $"\"flavour\":\"vertex-express\",\"apiKey\":\"{scenario.ExpressKey}\"",
            _ => $"\"apiKey\":\"{scenario.ApiKey}\"",
        };
        return new SimulatedUpstream(server, "gemini-3.8-flash", $$"""{"type":"gemini","url":"{{server.Url}}",{{access}}}""", () => server.GenerateRequests, () => [.. server.Refusals.Select(refusal => refusal.Message)])
        {
            ThinkingMark = "thoughtSignature",
        };
    };

    /// <summary>Starts a server with OpenAI's API.</summary>
    public static Func<TemporaryDirectory, Task<SimulatedUpstream>> OpenAi(string scenario, string dialect, string model, string thinkingMark) => async directory =>
    {
        var server = await SimulatedOpenAi.StartAsync(OpenAiScenarios.Find(scenario)! with { Model = model });
        IReadOnlyList<string> Bodies() => [.. server.Requests.Where(request => request.Method == "POST" && !request.Path.EndsWith("/tokenize", StringComparison.Ordinal)).Select(request => request.Body)];
        return new SimulatedUpstream(server, model, $$"""{"type":"openai","url":"{{server.Url}}","apiKey":"sk-simulated","dialect":"{{dialect}}"}""", Bodies, () => server.Refusals)
        {
            ThinkingMark = thinkingMark,
        };
    };

    /// <summary>Starts Anthropic.</summary>
    public static async Task<SimulatedUpstream> AnthropicAsync(TemporaryDirectory directory)
    {
        var server = await SimulatedAnthropic.StartAsync(AnthropicScenario.Agent());
        return new SimulatedUpstream(server, AnthropicScenario.AgentModel, $$"""{"type":"anthropic","url":"{{server.Url}}","apiKey":"sk-ant-simulated"}""", () => [.. server.Asked.Select(request => request.Body)], () => server.Refusals)
        {
            ThinkingMark = "SIGNED-",
        };
    }

    // Google's token endpoint is named in the credentials' file, so it is the simulated one.
    private static async Task<string> CredentialsAsync(TemporaryDirectory directory, SimulatedGemini server)
    {
        var file = directory.File("service-account.json");
        await File.WriteAllTextAsync(file, SimulatedAccount.ServiceAccountFile(server.TokenUrl));
        return file;
    }
}
