using Dragoman.Messages;

namespace Dragoman.Tokens;

/// <summary>Estimates prompt sizes: the word rule, corrected by what was learned of the model unless the user wants the plain rule.</summary>
internal sealed class TokenEstimator(TokenCounterKind kind, Calibration calibration)
{
    /// <summary>The prompt's tokens for a model, named as <c>provider/model</c>.</summary>
    public int Estimate(MessagesRequest request, string model) => Correct(PromptCounter.Count(request), model);

    /// <summary>A count by the word rule as tokens of a model.</summary>
    public int Correct(int counted, string model) =>
        kind == TokenCounterKind.Words ? counted : (int)Math.Ceiling(counted * calibration.Ratio(model));

    /// <summary>Learns from an answer.</summary>
    public void Observe(string model, MessagesRequest request, int realInputTokens)
    {
        if (kind != TokenCounterKind.Words) calibration.Observe(model, PromptCounter.Count(request), realInputTokens);
    }
}

/// <summary>How tokens are counted where the upstream can't.</summary>
public enum TokenCounterKind
{
    /// <summary>The word rule times a ratio learned from the model's real counts.</summary>
    Calibrated,

    /// <summary>The word rule alone.</summary>
    Words,
}
