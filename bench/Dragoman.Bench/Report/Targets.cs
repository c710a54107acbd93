using Dragoman.Bench.Phases;

namespace Dragoman.Bench.Report;

/// <summary>What the gateway is meant to reach.</summary>
/// <param name="What">In words, with the unit.</param>
/// <param name="Value">What was measured; NaN when it was not.</param>
/// <param name="AtLeast">More is better.</param>
/// <param name="Limit">The limit.</param>
internal readonly record struct Target(string What, double Value, bool AtLeast, double Limit)
{
    /// <summary>It is reached.</summary>
    public bool IsMet => AtLeast ? Value >= Limit : Value < Limit;
}

/// <summary>All targets, compared with the figures of a run.</summary>
internal static class Targets
{
    private const string Ours = "dragoman";
    private const string Native = "dragoman-aot";

    /// <summary>Compares.</summary>
    public static IEnumerable<Target> Of(Figures figures)
    {
        double Times(string request, string row) => figures.Ratio(ThroughputPhase.Name, request, Ours, row, "answers/s");
        double Added(string metric) => figures.Median(AlonePhase.Name, "100k", Ours, metric) - figures.Median(AlonePhase.Name, "100k", "direct", metric);
        double Many(string metric) => figures.Median(StreamsPhase.Name, StreamsPhase.Many, Ours, metric);
        yield return new Target("small request: times the parse-and-rewrite relay's answers/s", Times("small", "rewrite"), AtLeast: true, 0.6);
        yield return new Target("small request: times claude-code-router 2.0.0", Times("small", "ccr2"), AtLeast: true, 25);
        yield return new Target("small request: times claude-code-router 3.1.1's engine", Times("small", "ccr3"), AtLeast: true, 4);
        yield return new Target("100 kB: times the relay that also parses the request", Times("100k", "rewrite-parse"), AtLeast: true, 0.6);
        yield return new Target("100 kB: times claude-code-router 2.0.0", Times("100k", "ccr2"), AtLeast: true, 40);
        yield return new Target("100 kB: times claude-code-router 3.1.1's engine", Times("100k", "ccr3"), AtLeast: true, 5);
        yield return new Target("100 kB alone: ms added at p50", Added("p50 ms"), AtLeast: false, 0.5);
        yield return new Target("100 kB alone: ms added at p99", Added("p99 ms"), AtLeast: false, 2);
        yield return new Target("MB/s at 10 MB as a share of that at 100 kB", figures.Median(SizesPhase.Name, "10M", Ours, "MB/s") / figures.Median(SizesPhase.Name, "100k", Ours, "MB/s"), AtLeast: true, 0.75);
        yield return new Target("bytes allocated for one more event, paced", figures.Median(AllocationsPhase.Name, AllocationsPhase.Paced, Ours, "bytes/event"), AtLeast: false, 64);
        yield return new Target("bytes allocated for one more event, all at once", figures.Median(AllocationsPhase.Name, AllocationsPhase.AtOnce, Ours, "bytes/event"), AtLeast: false, 64);
        yield return new Target("1,000 streams: peak MB", Many("peak MB"), AtLeast: false, 200);
        yield return new Target("1,000 streams: ms added to a token at p99", Many("p99 ms") - figures.Median(StreamsPhase.Name, StreamsPhase.Many, "direct", "p99 ms"), AtLeast: false, 20);
        yield return new Target("idle MB", figures.Median(StartPhase.Name, "", Ours, "idle MB"), AtLeast: false, 50);
        yield return new Target("start to first answer, ms", figures.Median(StartPhase.Name, "", Ours, "first answer ms"), AtLeast: false, 250);
        yield return new Target("native build: idle MB", figures.Median(StartPhase.Name, "", Native, "idle MB"), AtLeast: false, 30);
        yield return new Target("native build: start to first answer, ms", figures.Median(StartPhase.Name, "", Native, "first answer ms"), AtLeast: false, 60);
    }
}
