using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Tokens;

namespace Dragoman.Delivery;

/// <summary>Which targets a request fits into, by what is known of their context sizes. Never waits for an upstream's list of models.</summary>
internal sealed class ContextFit(ModelCatalog catalog, TokenEstimator tokens)
{
    /// <summary>
    /// The targets that are large enough or of unknown size, in their order; the others go to <paramref name="failures"/>. When none is large enough, the
    /// largest: its own answer tells the client how much too long the prompt is.
    /// </summary>
    public IReadOnlyList<Target> Fitting(MessagesRequest request, IReadOnlyList<Target> targets, Failures failures)
    {
        // With one target there is nothing to choose.
        if (targets.Count < 2) return targets;
        var counted = -1;
        List<(Target Target, int Limit, int Tokens)>? small = null;
        foreach (var target in targets)
        {
            if (Limit(target) is not { } limit || IsSurelyWithin(request, target, limit)) continue;
            if (counted < 0) counted = PromptCounter.Count(request);
            var estimate = tokens.Correct(counted, target.ToString());
            if (estimate > limit) (small ??= []).Add((target, limit, estimate));
        }

        if (small is null) return targets;
        var fitting = targets.Where(target => !small.Exists(entry => entry.Target == target)).ToList();
        if (fitting.Count == 0) fitting.Add(small.MaxBy(entry => entry.Limit).Target);
        foreach (var (target, limit, estimate) in small.Where(entry => !fitting.Contains(entry.Target))) failures.Skip(target, $"the prompt of about {estimate:N0} tokens is more than its {limit:N0}");
        return fitting;
    }

    /// <summary>True when <paramref name="target"/> is known to take no more than <paramref name="failed"/>, for which the prompt was too long.</summary>
    public bool IsNoLarger(Target target, Target failed) => Limit(target) is { } limit && Limit(failed) is { } tooSmall && limit <= tooSmall;

    private int? Limit(Target target) => catalog.Known(target.Provider)?.Find(target.Model)?.MaxInputTokens;

    // A token is a byte at least, so most requests need not be counted.
    private bool IsSurelyWithin(MessagesRequest request, Target target, int limit) => tokens.Correct(request.Body.Length, target.ToString()) <= limit;
}
