namespace Dragoman;

/// <summary>
/// Shares sessions out (among models, among keys) by weight, without memory: a session comes to the same place every time, and a place that is added or taken away moves
/// only the sessions that it gets or had. Weighted rendezvous hashing (Schindelhauer and Schomaker, "Weighted distributed hash tables", 2005).
/// </summary>
internal static class Rendezvous
{
    /// <summary>The places in a session's order: the first is its own, the others are its fallbacks.</summary>
    /// <param name="places">All places.</param>
    /// <param name="session">The session's <see cref="StableHash"/>.</param>
    /// <param name="share">A place's name, and its weight against those of the others; 0: always last.</param>
    public static IReadOnlyList<T> Order<T>(IEnumerable<T> places, ulong session, Func<T, (string Name, double Weight)> share) =>
        [.. places.OrderByDescending(place => Score(share(place), session))];

    // The largest of these is a place's with a probability that is its share of all weights.
    private static double Score((string Name, double Weight) place, ulong session)
    {
        const int unusedBits = 11;
        const double steps = 1UL << 53;
        var hash = StableHash.Finish(StableHash.Add(session, place.Name));
        // In the open interval from 0 to 1: its logarithm is neither 0 nor endless.
        return -place.Weight / Math.Log(((hash >> unusedBits) + 0.5) / steps);
    }
}
