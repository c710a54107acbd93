using Dragoman.Messages;
using Dragoman.Routing;

namespace Dragoman.Tokens;

/// <summary>Estimates prompt sizes: the word rule, corrected by what was learned of the model unless the user wants the plain rule.</summary>
internal sealed class TokenEstimator(TokenCounterKind kind, Calibration calibration)
{
    /// <summary>The prompt's tokens for a target.</summary>
    public int Estimate(MessagesRequest request, Target target) => Correct(PromptCounter.Count(request), target);

    /// <summary>A count by the word rule as tokens of a target.</summary>
    public int Correct(int counted, Target target) =>
        kind == TokenCounterKind.Words ? counted : (int)Math.Ceiling(counted * calibration.Ratio(target.ToString()));

    /// <summary>Learns from an answer.</summary>
    public void Observe(Target target, MessagesRequest request, int realInputTokens)
    {
        if (kind != TokenCounterKind.Words) calibration.Observe(target.ToString(), PromptCounter.Count(request), realInputTokens);
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
