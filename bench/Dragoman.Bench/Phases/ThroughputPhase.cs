namespace Dragoman.Bench.Phases;

/// <summary>As many answers of 200 tokens as each row can give.</summary>
internal static class ThroughputPhase
{
    /// <summary>The phase's name in the figures.</summary>
    public const string Name = "throughput";

    public static async Task RunAsync(BenchSession bench)
    {
        var settings = bench.Settings;
        await bench.StartRowsAsync(bench.UpstreamPort("200"));
        foreach (var request in settings.Requests)
        {
            foreach (var row in bench.Running) await bench.LoadAsync(row, request, settings.Connections, settings.WarmUpSeconds);
        }

        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var request in settings.Requests)
            {
                foreach (var row in bench.Running) await bench.MeasureAsync(Name, request, row, request, settings.Connections, settings.Seconds);
            }
        }

        foreach (var row in bench.Running) bench.MeasurePeak(Name, "", row);
    }
}
