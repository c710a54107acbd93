namespace Dragoman.Routing;

/// <summary>
/// Shares sessions out among models by weight, without memory: a session comes to the same model every time, and a model that is added or taken away moves only the
/// sessions that it gets or had. Weighted rendezvous hashing (Schindelhauer and Schomaker, "Weighted distributed hash tables", 2005).
/// </summary>
internal static class Rendezvous
{
    /// <summary>The models in a session's order: the first is its own, the others are its fallbacks.</summary>
    public static IReadOnlyList<WeightedModel> Order(IReadOnlyList<WeightedModel> models, ulong session) =>
        [.. models.OrderByDescending(model => Score(model, session))];

    // The largest of these is a model's with a probability that is its share of all weights. A weight of 0 is always last.
    private static double Score(WeightedModel model, ulong session)
    {
        const int unusedBits = 11;
        const double steps = 1UL << 53;
        var hash = StableHash.Finish(StableHash.Add(session, model.Model));
        // In the open interval from 0 to 1: its logarithm is neither 0 nor endless.
        return -model.Weight / Math.Log(((hash >> unusedBits) + 0.5) / steps);
    }
}
