namespace Dragoman.Bench.Measure;

/// <summary>Percentiles and medians.</summary>
internal static class Percentiles
{
    /// <summary>The percentile by nearest rank of values in order; NaN when there are none.</summary>
    public static double Of(IReadOnlyList<double> ordered, double percent) =>
        ordered.Count == 0 ? double.NaN : ordered[Math.Clamp((int)Math.Ceiling(percent / 100 * ordered.Count) - 1, 0, ordered.Count - 1)];

    /// <summary>The middle value; the mean of the middle two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var ordered = values.Where(value => !double.IsNaN(value)).Order().ToList();
        if (ordered.Count == 0) return double.NaN;
        return (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
    }
}

/// <summary>Counts durations in steps of 10 µs up to 2 s; longer ones count as the longest.</summary>
internal sealed class Histogram
{
    private const double StepMilliseconds = 0.01;
    private readonly int[] _counts = new int[200_000];

    /// <summary>How many were counted.</summary>
    public long Count => _counts.Sum(count => (long)count);

    /// <summary>Counts one; safe from several threads.</summary>
    public void Add(double milliseconds) => Interlocked.Increment(ref _counts[Math.Clamp((int)(milliseconds / StepMilliseconds), 0, _counts.Length - 1)]);

    /// <summary>The percentile in milliseconds; NaN when nothing was counted.</summary>
    public double Percentile(double percent)
    {
        var wanted = (long)Math.Ceiling(percent / 100 * Count);
        if (wanted == 0) return double.NaN;
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted) return (i + 0.5) * StepMilliseconds;
        }

        return double.NaN;
    }
}
