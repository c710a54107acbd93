using Dragoman.Bench.Load;
using Dragoman.Bench.Measure;

namespace Dragoman.Bench.Phases;

/// <summary>Requests that arrive at a fixed rate, answered or not: the time to the first token.</summary>
internal static class FirstTokenPhase
{
    /// <summary>The phase's name in the figures.</summary>
    public const string Name = "first-token";

    /// <summary>Arrivals a second. The slowest peer bears the first with large requests; the second is what a busy team sends.</summary>
    public static readonly double[] Rates = [10, 100];

    /// <summary>The case's name.</summary>
    public static string Case(string request, double rate) => $"{request}, {rate}/s";

    public static async Task RunAsync(BenchSession bench)
    {
        var settings = bench.Settings;
        await bench.StartRowsAsync(bench.UpstreamPort("200"));
        foreach (var request in settings.Requests)
        {
            foreach (var row in bench.Running)
            {
                var warm = await bench.LoadAsync(row, request, connections: 8, settings.WarmUpSeconds);
                foreach (var rate in Rates)
                {
                    // Beyond what the row can bear the queue grows without end and its length says nothing.
                    const double bearable = 0.7;
                    if (rate > warm.PerSecond * bearable) continue;
                    await MeasureAsync(bench, row, request, rate);
                }
            }
        }
    }

    private static async Task MeasureAsync(BenchSession bench, Rows.Row row, string request, double rate)
    {
        using var caller = row.Caller(request);
        var answers = await OwnLoad.OpenAsync(caller, rate, bench.Settings.Seconds * 2);
        var times = answers.Where(answer => answer.IsGood).Select(answer => answer.FirstToken).Order().ToList();
        var @case = Case(request, rate);
        bench.Figures.Add(Name, @case, row.Peer.Key, "p50 ms", Percentiles.Of(times, 50));
        bench.Figures.Add(Name, @case, row.Peer.Key, "p99 ms", Percentiles.Of(times, 99));
        bench.Figures.Add(Name, @case, row.Peer.Key, "errors", answers.Count - times.Count);
        Console.WriteLine($"   {Name} {@case} {row.Peer.Key}: p50 {Percentiles.Of(times, 50):N2} ms, p99 {Percentiles.Of(times, 99):N2} ms");
    }
}
