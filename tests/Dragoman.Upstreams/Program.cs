using Dragoman.Upstreams.Ollama;

// dragoman-upstreams [--port 11434] [--scenario agent|text|tool|slow|error]: a simulated Ollama for tests, benchmarks and the curious.
var port = Argument("--port") is { } given ? int.Parse(given) : 11434;
var scenario = Argument("--scenario") ?? "agent";
await using var server = await SimulatedOllama.StartAsync(
    scenario switch
    {
        "agent" => OllamaScenario.Agent(),
        "text" => OllamaScenario.Always(() => new ChatReply().RepeatText("token ", 200)),
        "think" => OllamaScenario.Always(() => new ChatReply().Thinking("Let me think about this for a while.").Text("Here is what I think.")),
        "slow" => new OllamaScenario { Reply = _ => new ChatReply().Silence(TimeSpan.FromSeconds(30)).RepeatText("token ", 200), Pace = TimeSpan.FromMilliseconds(20) },
        "error" => OllamaScenario.Always(() => new ChatReply().Text("I begin").Error("model runner has unexpectedly stopped")),
        _ => throw new ArgumentException($"There is no scenario '{scenario}': agent, text, think, slow, error", nameof(args)),
    },
    port);
Console.WriteLine($"Simulated Ollama ({scenario}) listens on {server.Url}");
var stopped = new TaskCompletionSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopped.TrySetResult();
};
await stopped.Task;

string? Argument(string name)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
