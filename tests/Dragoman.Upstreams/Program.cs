using System.Globalization;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Upstreams;

/// <summary>Runs a simulated upstream until Ctrl+C: <c>[ollama] [--port 11434] [--scenario agent]</c>.</summary>
internal static class Program
{
    private const int UsageError = 2;

    private static async Task<int> Main(string[] arguments)
    {
        var port = 0;
        // The upstream's name may be left out while there is only one.
        var options = arguments is ["ollama", .. var rest] ? rest : arguments;
        if (!int.TryParse(Option(options, "--port") ?? "11434", CultureInfo.InvariantCulture, out port)
            || NamedScenarios.Find(Option(options, "--scenario") ?? "agent") is not { } scenario)
        {
            await Console.Error.WriteLineAsync($"usage: [ollama] [--port 11434] [--scenario {string.Join('|', NamedScenarios.Names)}]");
            return UsageError;
        }

        await using var server = await SimulatedOllama.StartAsync(scenario, port);
        Console.WriteLine(server.Url);
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.TrySetResult();
        };
        await stop.Task;
        return 0;
    }

    private static string? Option(string[] options, string name)
    {
        var index = Array.IndexOf(options, name);
        return index >= 0 && index + 1 < options.Length ? options[index + 1] : null;
    }
}
