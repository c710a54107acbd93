using Dragoman.Messages;

namespace Dragoman.Tokens;

/// <summary>Estimates prompt sizes: the word rule, corrected by what was learned of the model unless the user wants the plain rule.</summary>
internal sealed class TokenEstimator(TokenCounterKind kind, Calibration calibration)
{
    /// <summary>The prompt's tokens for a model, named as <c>provider/model</c>.</summary>
    public PromptEstimate Estimate(MessagesRequest request, string model)
    {
        var counted = Count(request);
        return new PromptEstimate(counted, Correct(counted, model));
    }

    // Routing and the provider ask for the same prompt, of different models.
    private static int Count(MessagesRequest request)
    {
        if (request.Counted is not { } known || !known.IsOf(request)) request.Counted = known = new CountedPrompt(request, PromptCounter.Count(request));
        return known.Tokens;
    }

    /// <summary>A count by the word rule as tokens of a model.</summary>
    public int Correct(int counted, string model) =>
        kind == TokenCounterKind.Words ? counted : (int)Math.Ceiling(counted * calibration.Ratio(model));

    /// <summary>Learns from an answer.</summary>
    /// <param name="model">The model, as <c>provider/model</c>.</param>
    /// <param name="counted">The prompt by the word rule.</param>
    /// <param name="realInputTokens">What the upstream counted.</param>
    public void Observe(string model, int counted, int realInputTokens)
    {
        if (kind != TokenCounterKind.Words) calibration.Observe(model, counted, realInputTokens);
    }
}

/// <summary>The estimated size of a prompt.</summary>
/// <param name="Counted">By the word rule: what <see cref="TokenEstimator.Observe"/> learns from.</param>
/// <param name="Tokens">In tokens of the model.</param>
internal readonly record struct PromptEstimate(int Counted, int Tokens);

/// <summary>How tokens are counted where the upstream can't.</summary>
public enum TokenCounterKind
{
    /// <summary>The word rule times a ratio learned from the model's real counts.</summary>
    Calibrated,

    /// <summary>The word rule alone.</summary>
    Words,
}
