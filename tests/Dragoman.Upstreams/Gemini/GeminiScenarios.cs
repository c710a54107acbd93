namespace Dragoman.Upstreams.Gemini;

/// <summary>The scenarios that the program offers by name.</summary>
public static class GeminiScenarios
{
    private static readonly Dictionary<string, Func<GeminiScenario>> ByName = new(StringComparer.Ordinal)
    {
        ["agent"] = GeminiScenario.Agent,
        ["text"] = () => GeminiScenario.Text("Hello from a simulated model."),
        ["think"] = () => GeminiScenario.InTurn(new GeminiReply().Thought("The user greets me, so I greet back.").Text("Hello!")),
        ["tool"] = () => new GeminiScenario
        {
            Reply = call => call.ToolNames is [var first, ..] && !GeminiRequestParts.Responses(call.Contents[^1]).Any()
                ? new GeminiReply().Call(first)
                : new GeminiReply().Text("The tool has run."),
        },
        ["parallel"] = () => new GeminiScenario
        {
            Reply = call => call.ToolNames is [var first, ..] && !GeminiRequestParts.Responses(call.Contents[^1]).Any()
                ? new GeminiReply().Calls((first, "{}"), (first, "{}"))
                : new GeminiReply().Text("The tools have run."),
        },
        ["no-ids"] = () => GeminiScenario.Agent() with { GivesCallIds = false, PrefixesNames = true },
        ["partial"] = () => GeminiScenario.Agent() with { StreamsArguments = true },
        ["slow"] = () => GeminiScenario.InTurn(
            new GeminiReply().Silence(TimeSpan.FromSeconds(20)).DelayBetweenChunks(TimeSpan.FromMilliseconds(200)).RepeatText(100)),
        ["big"] = () => GeminiScenario.InTurn(new GeminiReply().RepeatText(10_000)),
        ["split"] = () => GeminiScenario.Text("Grüße aus 東京 🚀, Byte für Byte.").SplitBytes(1),
        ["array"] = () => GeminiScenario.Agent() with { IgnoresAlt = true },
        ["broken"] = () => GeminiScenario.InTurn(new GeminiReply().Text("This breaks").Drop()),
        ["unfinished"] = () => GeminiScenario.InTurn(new GeminiReply().Text("This just ends").EndWithoutFinish()),
        ["error"] = () => GeminiScenario.InTurn(new GeminiReply().Text("This fails").Error(GoogleError.Internal)),
        ["malformed"] = () => GeminiScenario.InTurn(new GeminiReply().MalformedCall(), new GeminiReply().Text("Now it works.")),
        ["empty"] = () => GeminiScenario.InTurn(new GeminiReply().EmptyCandidate(), new GeminiReply().Text("Now it works.")),
        ["safety"] = () => GeminiScenario.InTurn(new GeminiReply().Text("I begin").Finish("SAFETY")),
        ["blocked"] = () => GeminiScenario.InTurn(new GeminiReply().Block("PROHIBITED_CONTENT")),
        ["quota"] = () => GeminiScenario.InTurn(new GeminiReply().Error(GoogleError.Quota())),
        ["busy"] = () => GeminiScenario.InTurn(new GeminiReply().Error(GoogleError.Overloaded)),
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The scenario of that name, or null.</summary>
    public static GeminiScenario? Find(string name) => ByName.GetValueOrDefault(name)?.Invoke();
}
