using Dragoman.Bench.Load;

namespace Dragoman.Bench.Phases;

/// <summary>Requests from 10 kB to 10 MB: whether the cost grows with the size and no faster.</summary>
internal static class SizesPhase
{
    /// <summary>The phase's name in the figures.</summary>
    public const string Name = "sizes";

    /// <summary>Sizes of requests.</summary>
    public static readonly string[] Sizes = ["10k", "100k", "1M", "10M"];

    public static async Task RunAsync(BenchSession bench)
    {
        await bench.StartRowsAsync(bench.UpstreamPort("200"));
        // Two connections: with more, peers that take seconds for a megabyte would answer nothing within a measurement.
        foreach (var size in Sizes)
        {
            foreach (var row in bench.Running) await bench.LoadAsync(row, size, connections: 2, bench.Settings.WarmUpSeconds / 2);
            // Few of the large ones fit into a short time, and a part of an answer counts as none.
            var seconds = GeneratedRequest.Bytes(size) < 1_000_000 ? bench.Settings.SideSeconds : Math.Max(bench.Settings.Seconds, 4);
            for (var round = 0; round < bench.Settings.SideRounds; round++)
            {
                foreach (var row in bench.Running)
                {
                    var result = await bench.MeasureAsync(Name, size, row, size, connections: 2, seconds);
                    bench.Figures.Add(Name, size, row.Peer.Key, "MB/s", result.PerSecond * row.Body(size).Length / 1e6);
                }
            }
        }

        foreach (var row in bench.Running) bench.MeasurePeak(Name, "", row);
    }
}
