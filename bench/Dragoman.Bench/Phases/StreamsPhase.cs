using Dragoman.Bench.Load;
using Dragoman.Bench.Measure;
using Dragoman.Bench.Rows;

namespace Dragoman.Bench.Phases;

/// <summary>Many streams at once, paced as models are: how much later each token comes through a gateway.</summary>
internal static class StreamsPhase
{
    /// <summary>The phase's name in the figures.</summary>
    public const string Name = "streams";

    /// <summary>What every row is asked to do.</summary>
    public const string Common = "100 streams of 10 tokens/s";

    /// <summary>A thousand streams, at half of the pace at which the gateway gives way.</summary>
    public const string Many = "1000 streams at half of saturation";

    /// <summary>The case under which the saturation is noted.</summary>
    public const string Saturation = "saturation";

    private const int ManyStreams = 1000;

    // Tokens a second of each of the thousand streams.
    private static readonly double[] Paces = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 23, 26, 30, 35, 40, 50, 60];

    public static async Task RunAsync(BenchSession bench)
    {
        await bench.StartRowsAsync(bench.PacedUpstreamPort, "paced tokens");
        for (var round = 0; round < bench.Settings.SideRounds; round++)
        {
            foreach (var row in bench.Running) await MeasureAsync(bench, Common, row, streams: 100, pace: 10);
        }

        if (bench.Settings.IsBare || bench.Running.FirstOrDefault(row => row.Peer.Kind == "ours") is not { } ours) return;
        var saturation = await SaturateAsync(bench, ours);
        bench.Figures.Add(Name, Saturation, ours.Peer.Key, "tokens/s", saturation);
        for (var round = 0; round < bench.Settings.SideRounds; round++)
        {
            // The other peers are not asked: their own saturation lies far below.
            foreach (var row in bench.Running.Where(row => row.Peer.Kind != "peer")) await MeasureAsync(bench, Many, row, ManyStreams, saturation / 2 / ManyStreams);
        }
    }

    // The pace is raised until tokens no longer come as fast as they are sent, or come a quarter of a second late.
    private static async Task<double> SaturateAsync(BenchSession bench, Row row)
    {
        const double latestMilliseconds = 250, kept = 0.97;
        double best = 0;
        foreach (var pace in Paces)
        {
            var (delays, perSecond) = await StreamAsync(bench, row, ManyStreams, pace, seconds: 4);
            Console.WriteLine($"   {Name} {row.Peer.Key} {ManyStreams} streams of {pace}/s: {perSecond:N0} tokens/s, p99 {delays.Percentile(99):N1} ms");
            if (perSecond < ManyStreams * pace * kept || delays.Percentile(99) > latestMilliseconds) break;
            best = perSecond;
        }

        return best;
    }

    private static async Task MeasureAsync(BenchSession bench, string @case, Row row, int streams, double pace)
    {
        if (row.ProcessId != 0) ProcessTree.ResetPeak(row.ProcessId);
        var cpu = row.CpuMilliseconds;
        var (delays, perSecond) = await StreamAsync(bench, row, streams, pace, bench.Settings.Seconds);
        cpu = row.CpuMilliseconds - cpu;
        void Add(string metric, double value) => bench.Figures.Add(Name, @case, row.Peer.Key, metric, value);
        Add("tokens/s", perSecond);
        Add("p50 ms", delays.Percentile(50));
        Add("p99 ms", delays.Percentile(99));
        if (row.ProcessId != 0)
        {
            // Processor time covers all tokens, also those before and after the window in which delays are taken.
            Add("CPU µs/token", cpu * 1000 / (streams * Tokens(pace, bench.Settings.Seconds)));
            bench.MeasurePeak(Name, @case, row);
        }

        Console.WriteLine($"   {Name} {@case} {row.Peer.Key}: {perSecond:N0} tokens/s, p50 {delays.Percentile(50):N2} ms, p99 {delays.Percentile(99):N2} ms");
    }

    private static async Task<(Histogram Delays, double PerSecond)> StreamAsync(BenchSession bench, Row row, int streams, double pace, double seconds)
    {
        await bench.PaceAsync(pace, Tokens(pace, seconds));
        using var caller = row.Caller("small");
        var (delays, perSecond, broken) = await OwnLoad.StreamsAsync(caller, streams, pace, seconds);
        if (broken > 0) bench.Figures.Add(Name, Common, row.Peer.Key, "errors", broken);
        return (delays, perSecond);
    }

    // Long enough to cover the window of measurement and the time in which the streams begin.
    private static int Tokens(double pace, double seconds) => (int)(pace * (seconds + 2)) + 2;
}
