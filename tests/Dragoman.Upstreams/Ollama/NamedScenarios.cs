namespace Dragoman.Upstreams.Ollama;

/// <summary>The scenarios that the program offers by name.</summary>
public static class NamedScenarios
{
    private static readonly Dictionary<string, Func<OllamaScenario>> ByName = new(StringComparer.Ordinal)
    {
        ["agent"] = OllamaScenario.Agent,
        ["pull"] = () => OllamaScenario.Agent() with
        {
            Pullable = [new SimulatedModel { Name = "tiny:1b", Capabilities = ["completion", "tools"], Size = 1_000_011_485, Layers = [1_000_000_000, 11_000, 485] }],
            PullPace = TimeSpan.FromMilliseconds(500),
        },
        ["text"] = () => OllamaScenario.Text("Hello from a simulated model."),
        ["think"] = () => OllamaScenario.InTurn(new ChatReply().Thinking("The user greets me, so I greet back.").Text("Hello!")),
        ["tool"] = () => new OllamaScenario
        {
            Reply = call => call.ToolNames is [var first, ..] && PromptRendering.Role(call.Messages[^1]) != "tool"
                ? new ChatReply().ToolCall(first, "{}")
                : new ChatReply().Text("The tool has run."),
        },
        ["slow"] = () => OllamaScenario.InTurn(
            new ChatReply().Silence(TimeSpan.FromSeconds(20)).DelayBetweenTokens(TimeSpan.FromMilliseconds(200)).RepeatText(100)),
        ["big"] = () => OllamaScenario.InTurn(new ChatReply().RepeatText(10_000)),
        ["split"] = () => OllamaScenario.Text("Grüße aus 東京 🚀, Byte für Byte.").SplitBytes(1),
        ["broken"] = () => OllamaScenario.InTurn(new ChatReply().Text("This breaks").Drop()),
        ["error"] = () => OllamaScenario.InTurn(new ChatReply().Text("This fails").Error("model runner has unexpectedly stopped")),
        ["busy"] = () => OllamaScenario.InTurn(
            ChatReply.HttpError(503, GoJson.Error("server busy, please try again.  maximum pending requests exceeded"))),
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The scenario of that name, or null.</summary>
    public static OllamaScenario? Find(string name) => ByName.GetValueOrDefault(name)?.Invoke();
}
