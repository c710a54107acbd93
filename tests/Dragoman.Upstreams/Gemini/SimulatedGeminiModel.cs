namespace Dragoman.Upstreams.Gemini;

/// <summary>How a model is told how much to think. Never both ways in one request.</summary>
public enum ThinkingControl
{
    /// <summary>It doesn't think; a <c>thinkingConfig</c> is refused.</summary>
    None,

    /// <summary><c>thinkingBudget</c> in tokens (2.5).</summary>
    Budget,

    /// <summary><c>thinkingLevel</c> (3.x and later).</summary>
    Level,
}

/// <summary>A model that a simulated Gemini has.</summary>
/// <param name="Name">Its name without <c>models/</c>.</param>
/// <param name="Thinking">How its thinking is controlled.</param>
public sealed record SimulatedGeminiModel(string Name, ThinkingControl Thinking)
{
    /// <summary>The most tokens of a prompt.</summary>
    public int InputTokenLimit { get; init; } = 1_048_576;

    /// <summary>The most tokens of an answer; a larger <c>maxOutputTokens</c> is refused.</summary>
    public int OutputTokenLimit { get; init; } = 65_536;

    /// <summary>The smallest <c>thinkingBudget</c> besides 0 (off) and -1 (automatic).</summary>
    public int LeastBudget { get; init; } = 1;

    /// <summary>The largest <c>thinkingBudget</c>.</summary>
    public int MostBudget { get; init; } = 24_576;

    /// <summary>Whether a budget of 0 is allowed; never for pro models.</summary>
    public bool StopsThinking { get; init; } = true;

    /// <summary>The levels that it takes.</summary>
    public IReadOnlyList<string> Levels { get; init; } = [];

    /// <summary>Whether calls of the current turn must come back with their signatures; 3.x and later.</summary>
    public bool NeedsSignatures => Thinking == ThinkingControl.Level;

    /// <summary>Whether <c>functionResponse.parts</c> may carry images and documents; 3.x and later.</summary>
    public bool SeesMediaInResults => Thinking == ThinkingControl.Level;

    /// <summary>Whether a function may be declared with an object that has no properties; older models refuse it.</summary>
    public bool TakesEmptyObjects { get; init; } = true;

    /// <summary>Whether it can call functions and answer in JSON in the same request; 3.x and later.</summary>
    public bool CallsFunctionsInJson => Thinking == ThinkingControl.Level;

    /// <summary>What it can do, as the list of models says it.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"];

    /// <summary>One of each kind, and an embedding model that generates nothing.</summary>
    public static IReadOnlyList<SimulatedGeminiModel> Usual { get; } =
    [
        new("gemini-4-argon", ThinkingControl.Level) { Levels = ["LOW", "MEDIUM", "HIGH"] },
        new("gemini-3.8-flash", ThinkingControl.Level) { Levels = ["MINIMAL", "LOW", "MEDIUM", "HIGH"] },
        new("gemini-3.1-pro-preview", ThinkingControl.Level) { Levels = ["LOW", "MEDIUM", "HIGH"] },
        new("gemini-3.1-flash-lite-preview", ThinkingControl.Level) { Levels = ["MINIMAL", "LOW", "MEDIUM", "HIGH"] },
        new("gemini-3-pro-preview", ThinkingControl.Level) { Levels = ["LOW", "HIGH"] },
        new("gemini-3-flash-preview", ThinkingControl.Level) { Levels = ["MINIMAL", "LOW", "MEDIUM", "HIGH"] },
        new("gemini-2.5-pro", ThinkingControl.Budget) { LeastBudget = 128, MostBudget = 32_768, StopsThinking = false },
        new("gemini-2.5-flash", ThinkingControl.Budget),
        new("gemini-2.5-flash-lite", ThinkingControl.Budget) { LeastBudget = 512 },
        new("gemini-2.0-flash", ThinkingControl.None) { OutputTokenLimit = 8192, TakesEmptyObjects = false },
        new("gemini-embedding-001", ThinkingControl.None) { InputTokenLimit = 2048, OutputTokenLimit = 1, Methods = ["embedContent"] },
    ];
}
