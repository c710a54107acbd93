namespace Dragoman.Upstreams.OpenAi;

/// <summary>The scenarios that the program offers by name: agents that differ in one oddity each, and what goes wrong.</summary>
public static class OpenAiScenarios
{
    private static readonly Dictionary<string, Func<OpenAiScenario>> ByName = new(StringComparer.Ordinal)
    {
        ["agent"] = OpenAiScenario.Agent,
        ["reasoning"] = () => Odd(new() { Reasoning = ReasoningPlace.Reasoning }),
        ["both-reasonings"] = () => Odd(new() { Reasoning = ReasoningPlace.Both }),
        ["details"] = () => Odd(new() { Reasoning = ReasoningPlace.Details, SendsComments = true }) with { Kind = ServerKind.OpenRouter },
        ["think-tags"] = () => Odd(new() { Reasoning = ReasoningPlace.ThinkTags }),
        ["content-parts"] = () => Odd(new() { Reasoning = ReasoningPlace.ContentParts }),
        ["no-ids"] = () => Odd(new() { CallIds = CallIdForm.Missing }),
        ["repeated-ids"] = () => Odd(new() { CallIds = CallIdForm.Repeated, RepeatsNames = true }),
        ["changing-ids"] = () => Odd(new() { CallIds = CallIdForm.Changing }),
        ["no-indices"] = () => Odd(new() { CallIndices = CallIndexForm.Missing }),
        ["zero-indices"] = () => Odd(new() { CallIndices = CallIndexForm.AllZero, Arguments = ArgumentForm.Whole }),
        ["whole-arguments"] = () => Odd(new() { Arguments = ArgumentForm.Whole }),
        ["object-arguments"] = () => Odd(new() { Arguments = ArgumentForm.Unquoted }),
        ["empty-object-first"] = () => Odd(new() { Arguments = ArgumentForm.PiecesAfterEmptyObject }),
        ["calls-in-text"] = () => Odd(new() { Arguments = ArgumentForm.InText, StopsAtCalls = true }),
        ["interleaved"] = () => Odd(new() { InterleavesCalls = true }),
        ["stops-at-calls"] = () => Odd(new() { StopsAtCalls = true }),
        ["usage-last"] = () => Odd(new() { Usage = UsagePlace.Last }),
        ["usage-every"] = () => Odd(new() { Usage = UsagePlace.Every }),
        ["usage-choice"] = () => Odd(new() { Usage = UsagePlace.Choice }),
        ["usage-groq"] = () => Odd(new() { Usage = UsagePlace.Groq }),
        ["no-usage"] = () => Odd(new() { Usage = UsagePlace.None }),
        ["no-done"] = () => Odd(new() { SendsDone = false }),
        ["comments"] = () => Odd(new() { SendsComments = true }),
        ["carriage-returns"] = () => Odd(new() { SendsCarriageReturns = true }),
        ["escapes"] = () => Odd(new() { EscapesUnicode = true }),
        ["whole"] = () => Odd(new() { AnswersWhole = true }),
        ["split"] = () => OpenAiScenario.Agent().SplitBytes(1),
        ["vllm"] = () => Odd(new() { Reasoning = ReasoningPlace.Reasoning }) with { Kind = ServerKind.Vllm, Key = null },
        ["llamacpp"] = () => OpenAiScenario.Agent() with { Kind = ServerKind.LlamaCpp, Key = null },
        ["lmstudio"] = () => OpenAiScenario.Agent() with { Kind = ServerKind.LmStudio, Key = null },
        ["slow"] = () => OpenAiScenario.InTurn(new OpenAiReply().Silence(TimeSpan.FromSeconds(20)).RepeatText(100)),
        ["error"] = () => OpenAiScenario.InTurn(new OpenAiReply().Text("This fails").Error(500, "The server had an error while processing your request.")),
        ["broken"] = () => OpenAiScenario.InTurn(new OpenAiReply().Text("This breaks").Drop()),
        ["unfinished"] = () => OpenAiScenario.InTurn(new OpenAiReply().Text("This just ends").EndWithoutFinish()),
        ["truncated"] = () => OpenAiScenario.InTurn(new OpenAiReply().Text("This is cut").Raw("data: {\"choices\":[{\"index\":0,\"del").EndWithoutFinish()),
        ["page"] = () => OpenAiScenario.InTurn(new OpenAiReply().Page()),
        ["empty"] = () => OpenAiScenario.InTurn(new OpenAiReply().EndWithoutFinish()),
        ["rate-limit"] = () => OpenAiScenario.InTurn(new OpenAiReply().Refuse(
            429, """{"error":{"message":"Rate limit reached. Please try again in 1.5s.","type":"requests","code":"rate_limit_exceeded"}}""", "application/json", ("retry-after", "7"))),
        ["filter"] = () => OpenAiScenario.InTurn(new OpenAiReply().Text("I begin").Finish("content_filter")),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names => [.. ByName.Keys];

    /// <summary>The scenario of this name, or null.</summary>
    public static OpenAiScenario? Find(string name) => ByName.GetValueOrDefault(name)?.Invoke();

    private static OpenAiScenario Odd(OpenAiOddities oddities) => OpenAiScenario.Agent() with { Oddities = oddities };
}
