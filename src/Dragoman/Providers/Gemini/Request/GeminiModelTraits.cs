namespace Dragoman.Providers.Gemini.Request;

/// <summary>How a model is told how much to think. The two fields never go together.</summary>
internal enum GeminiThinking
{
    /// <summary>It doesn't think, and refuses a <c>thinkingConfig</c>.</summary>
    None,

    /// <summary><c>thinkingBudget</c>, in tokens (2.5).</summary>
    Budget,

    /// <summary><c>thinkingLevel</c> (3.x and later).</summary>
    Level,
}

/// <summary>What a request to a model depends on.</summary>
/// <param name="Id">The model's name as the request names it.</param>
/// <param name="InputLimit">Tokens that it reads at most; null: unknown.</param>
/// <param name="OutputLimit">Tokens that it writes at most; null: unknown.</param>
/// <param name="Thinking">How it is told to think.</param>
/// <param name="CanDisableThinking">It can be kept from thinking, or almost (<c>MINIMAL</c>).</param>
/// <param name="MultimodalResults">Results of tools may have images and PDFs in them; otherwise they go beside.</param>
internal sealed record GeminiModelTraits(string Id, int? InputLimit, int? OutputLimit, GeminiThinking Thinking, bool CanDisableThinking, bool MultimodalResults)
{
    // The rows from the special to the general; the first that matches counts. Source: Google's model pages and thinking guide.
    private static readonly (string[] Parts, GeminiModelTraits Traits)[] Table =
    [
        (["gemini-1."], new("", 1_048_576, 8192, GeminiThinking.None, CanDisableThinking: true, MultimodalResults: false) { ServerTools = false }),
        (["gemini-2.0"], new("", 1_048_576, 8192, GeminiThinking.None, CanDisableThinking: true, MultimodalResults: false)),
        (["gemma"], new("", null, 8192, GeminiThinking.None, CanDisableThinking: true, MultimodalResults: false) { ServerTools = false }),
        (["gemini-2.5", "image"], new("", 32_768, 32_768, GeminiThinking.None, CanDisableThinking: true, MultimodalResults: false)),
        (["gemini-2.5", "flash-lite"], new("", 1_048_576, 65_536, GeminiThinking.Budget, CanDisableThinking: true, MultimodalResults: false) { LeastBudget = 512, MostBudget = 24_576 }),
        (["gemini-2.5", "flash"], new("", 1_048_576, 65_536, GeminiThinking.Budget, CanDisableThinking: true, MultimodalResults: false) { LeastBudget = 1, MostBudget = 24_576 }),
        (["gemini-2.5"], new("", 1_048_576, 65_536, GeminiThinking.Budget, CanDisableThinking: false, MultimodalResults: false) { LeastBudget = 128, MostBudget = 32_768 }),
        (["gemini-3-pro"], new("", 1_048_576, 65_536, GeminiThinking.Level, CanDisableThinking: false, MultimodalResults: true) { TakesMedium = false }),
        (["gemini-", "-flash"], new("", 1_048_576, 65_536, GeminiThinking.Level, CanDisableThinking: true, MultimodalResults: true)),
        // A pro model, or one that isn't known yet: what all of the newer ones take.
        ([""], new("", 1_048_576, 65_536, GeminiThinking.Level, CanDisableThinking: false, MultimodalResults: true)),
    ];

    /// <summary>The smallest <c>thinkingBudget</c> but 0.</summary>
    public int LeastBudget { get; private init; }

    /// <summary>The largest <c>thinkingBudget</c>.</summary>
    public int MostBudget { get; private init; }

    /// <summary>The level <c>MEDIUM</c> exists.</summary>
    public bool TakesMedium { get; private init; } = true;

    /// <summary>It can search the web and read addresses by itself (<c>googleSearch</c>, <c>urlContext</c>).</summary>
    public bool ServerTools { get; private init; } = true;

    /// <summary>A call without its thought signature is refused; older models only advise to send it.</summary>
    public bool NeedsSignatures => Thinking == GeminiThinking.Level;

    /// <summary>The least level that the model takes.</summary>
    public string LeastLevel => CanDisableThinking ? "MINIMAL" : "LOW";

    /// <summary>The traits of a model by its name. Limits that the API itself names are better: set them with <c>with</c>.</summary>
    public static GeminiModelTraits Of(string id)
    {
        var name = id[(id.LastIndexOf('/') + 1)..];
        foreach (var (parts, traits) in Table)
        {
            if (name.StartsWith(parts[0], StringComparison.OrdinalIgnoreCase) && Array.TrueForAll(parts, part => name.Contains(part, StringComparison.OrdinalIgnoreCase))) return traits with { Id = id };
        }

        throw new InvalidOperationException("The table's last row matches every name.");
    }
}
