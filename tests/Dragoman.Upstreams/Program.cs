using System.Globalization;
using System.Runtime.InteropServices;
using Dragoman.Upstreams.Gemini;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;

namespace Dragoman.Upstreams;

/// <summary>
/// Runs a simulated upstream until Ctrl+C or SIGTERM: <c>[--upstream ollama|gemini|openai] [--port 11434] [--scenario agent]</c>. The upstream's name may also stand alone in front.
/// <c>usual [NAME…]</c> runs several on their usual ports (<see cref="UsualServers"/>) and says <c>ready</c> when all listen.
/// </summary>
internal static class Program
{
    private const int UsageError = 2;
    private const string OllamaPort = "11434";
    private const string GeminiPort = "11435";
    private const string OpenAiPort = "11436";

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is ["usual", .. var names]) return await RunUsualAsync(names.Length > 0 ? names : [.. UsualServers.Names]);
        var named = arguments is ["ollama" or "gemini" or "openai", ..];
        var upstream = named ? arguments[0] : Option(arguments, "--upstream") ?? "ollama";
        var port = Option(arguments, "--port") ?? (upstream switch { "gemini" => GeminiPort, "openai" => OpenAiPort, _ => OllamaPort });
        var scenario = Option(arguments, "--scenario") ?? "agent";
        if (Array.Exists(arguments, argument => argument is "--help" or "-h" or "-?") || !int.TryParse(port, CultureInfo.InvariantCulture, out var number) || await StartAsync(upstream, scenario, number) is not { } server)
        {
            await Console.Error.WriteLineAsync(
                $"usage: [--upstream ollama|gemini|openai] [--port {OllamaPort}|{GeminiPort}|{OpenAiPort}] [--scenario NAME]\n"
                + $"       usual [{string.Join('|', UsualServers.Names)} ...]\n"
                + $"scenarios of ollama: {string.Join('|', NamedScenarios.Names)}\nscenarios of gemini: {string.Join('|', GeminiScenarios.Names)}\nscenarios of openai: {string.Join('|', OpenAiScenarios.Names)}");
            return UsageError;
        }

        await using (server) await SignalAsync();
        return 0;
    }

    private static async Task<int> RunUsualAsync(string[] names)
    {
        var servers = new List<IAsyncDisposable>();
        foreach (var name in names)
        {
            if (await UsualServers.StartAsync(name) is not { } server)
            {
                await Console.Error.WriteLineAsync($"no server '{name}'; known: {string.Join(' ', UsualServers.Names)}");
                return UsageError;
            }

            servers.Add(server);
        }

        Console.WriteLine("ready");
        await SignalAsync();
        foreach (var server in servers) await server.DisposeAsync();
        return 0;
    }

    private static async Task SignalAsync()
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The host takes both signals for itself, and would leave this program running.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await stop.Task;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }

    /// <summary>Starts a server and says where it is and how to get in; null when there is no such upstream or scenario.</summary>
    private static async Task<IAsyncDisposable?> StartAsync(string upstream, string scenario, int port)
    {
        if (upstream == "ollama" && NamedScenarios.Find(scenario) is { } forOllama)
        {
            var ollama = await SimulatedOllama.StartAsync(forOllama, port);
            Console.WriteLine(ollama.Url);
            return ollama;
        }

        if (upstream == "openai" && OpenAiScenarios.Find(scenario) is { } forOpenAi)
        {
            var openAi = await SimulatedOpenAi.StartAsync(forOpenAi, port);
            Console.WriteLine(openAi.Url);
            Console.WriteLine($"model {forOpenAi.Model}{(forOpenAi.Key is { } key ? $", API key {key}" : "")}");
            return openAi;
        }

        if (upstream != "gemini" || GeminiScenarios.Find(scenario) is not { } forGemini)
        {
            return null;
        }

        var gemini = await SimulatedGemini.StartAsync(forGemini, port);
        Console.WriteLine(gemini.Url);
        Console.WriteLine($"Gemini API key {forGemini.ApiKey}, Vertex AI express key {forGemini.ExpressKey}, Vertex AI project {forGemini.Project} with the token {gemini.NewAccessToken()}");
        return gemini;
    }

    private static string? Option(string[] options, string name)
    {
        var index = Array.IndexOf(options, name);
        return index >= 0 && index + 1 < options.Length ? options[index + 1] : null;
    }
}
