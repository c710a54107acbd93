namespace Dragoman.Bench.Load;

/// <summary>What a load generator saw.</summary>
/// <param name="Answers">Complete answers.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="P50">Median time to an answer's end, in milliseconds.</param>
/// <param name="P99">99th percentile of the same.</param>
/// <param name="Errors">Answers that were none: another status, a broken connection, a time-out.</param>
/// <param name="Bytes">Bytes of an answer.</param>
internal sealed record LoadResult(long Answers, double Seconds, double P50, double P99, long Errors, double Bytes)
{
    /// <summary>Answers a second.</summary>
    public double PerSecond => Answers / Seconds;
}
