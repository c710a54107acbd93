using Dragoman.Bench.Measure;

namespace Dragoman.Bench.Report;

/// <summary>One measured number.</summary>
/// <param name="Phase">The table that it belongs to.</param>
/// <param name="Case">The request, the number of connections, ...</param>
/// <param name="Row">The row's key.</param>
/// <param name="Metric">Name and unit.</param>
/// <param name="Value">The number.</param>
internal readonly record struct Figure(string Phase, string Case, string Row, string Metric, double Value);

/// <summary>All numbers of a run.</summary>
internal sealed class Figures
{
    private readonly List<Figure> _all = [];

    /// <summary>All of them, in the order in which they were measured.</summary>
    public IReadOnlyList<Figure> All => _all;

    /// <summary>Adds one.</summary>
    public void Add(string phase, string @case, string row, string metric, double value) => _all.Add(new Figure(phase, @case, row, metric, value));

    /// <summary>The median of all rounds; NaN when there is none.</summary>
    public double Median(string phase, string @case, string row, string metric) =>
        Percentiles.Median(_all.Where(figure => figure.Phase == phase && figure.Case == @case && figure.Row == row && figure.Metric == metric).Select(figure => figure.Value));

    /// <summary>One metric of a row divided by another row's.</summary>
    public double Ratio(string phase, string @case, string row, string other, string metric) => Median(phase, @case, row, metric) / Median(phase, @case, other, metric);
}
