using Dragoman.Bench.Measure;

namespace Dragoman.Bench.Phases;

/// <summary>One to a thousand connections: whether many cost more than few.</summary>
internal static class ConcurrencyPhase
{
    /// <summary>The phase's name in the figures.</summary>
    public const string Name = "concurrency";

    /// <summary>Connections at once.</summary>
    public static readonly int[] Connections = [1, 10, 100, 1000];

    public static async Task RunAsync(BenchSession bench)
    {
        await bench.StartRowsAsync(bench.UpstreamPort("200"));
        foreach (var row in bench.Running) await bench.LoadAsync(row, "small", bench.Settings.Connections, bench.Settings.WarmUpSeconds);
        for (var round = 0; round < bench.Settings.SideRounds; round++)
        {
            foreach (var connections in Connections)
            {
                foreach (var row in bench.Running)
                {
                    if (row.ProcessId != 0) ProcessTree.ResetPeak(row.ProcessId);
                    await bench.MeasureAsync(Name, $"{connections}", row, "small", connections, bench.Settings.SideSeconds);
                    bench.MeasurePeak(Name, $"{connections}", row);
                }
            }
        }
    }
}
