using System.Diagnostics;
using Dragoman.Bench.Measure;
using Dragoman.Bench.Rows;

namespace Dragoman.Bench.Phases;

/// <summary>From the start of the process to its first answer, and its memory when it has nothing to do.</summary>
internal static class StartPhase
{
    /// <summary>The phase's name in the figures.</summary>
    public const string Name = "start";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(BenchSession bench)
    {
        foreach (var row in bench.Rows) row.Stop();
        for (var round = 0; round < bench.Settings.SideRounds; round++)
        {
            // A row that has to be configured after its start has no first answer of its own.
            foreach (var row in bench.Running.Where(row => row.Peer is { Start: not null, Configure: null })) await MeasureAsync(bench, row, isLast: round == bench.Settings.SideRounds - 1);
        }
    }

    private static async Task MeasureAsync(BenchSession bench, Row row, bool isLast)
    {
        var began = Stopwatch.GetTimestamp();
        row.Launch(bench.UpstreamPort("200"));
        using var caller = row.Caller("small");
        while (!(await caller.AskAsync()).IsGood)
        {
            if (Stopwatch.GetElapsedTime(began) > Limit) return;
            await Task.Delay(1);
        }

        bench.Figures.Add(Name, "", row.Peer.Key, "first answer ms", Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        if (isLast)
        {
            await Task.Delay(Idle);
            bench.Figures.Add(Name, "", row.Peer.Key, "idle MB", ProcessTree.ResidentMegabytes(row.ProcessId));
        }

        row.Stop();
    }
}
