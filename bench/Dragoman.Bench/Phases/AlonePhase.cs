namespace Dragoman.Bench.Phases;

/// <summary>One request at a time: what a gateway adds to an answer when nobody else is there.</summary>
internal static class AlonePhase
{
    /// <summary>The phase's name in the figures.</summary>
    public const string Name = "alone";

    public static async Task RunAsync(BenchSession bench)
    {
        var settings = bench.Settings;
        await bench.StartRowsAsync(bench.UpstreamPort("200"));
        foreach (var request in settings.Requests)
        {
            foreach (var row in bench.Running) await bench.LoadAsync(row, request, connections: 4, settings.WarmUpSeconds / 2);
        }

        for (var round = 0; round < settings.SideRounds; round++)
        {
            foreach (var request in settings.Requests)
            {
                foreach (var row in bench.Running) await bench.MeasureAsync(Name, request, row, request, connections: 1, settings.Seconds);
            }
        }
    }
}
