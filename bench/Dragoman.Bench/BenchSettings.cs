namespace Dragoman.Bench;

/// <summary>How long and how much is measured.</summary>
internal sealed record BenchSettings
{
    /// <summary>Rounds; in each, every row is measured once, so that what disturbs the machine disturbs all.</summary>
    public required int Rounds { get; init; }

    /// <summary>Rounds of the phases after the first, which have many cases.</summary>
    public int SideRounds => (Rounds + 1) / 2;

    /// <summary>Seconds of one measurement.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seconds of one measurement in phases with many cases.</summary>
    public double SideSeconds => Math.Max(1, Seconds / 2);

    /// <summary>Seconds of load before the first measurement of a row with a request.</summary>
    public required double WarmUpSeconds { get; init; }

    /// <summary>Connections at once.</summary>
    public required int Connections { get; init; }

    /// <summary>Names of requests.</summary>
    public required IReadOnlyList<string> Requests { get; init; }

    /// <summary>Rows to measure; null: all.</summary>
    public IReadOnlyList<string>? Rows { get; init; }

    /// <summary>Phases to run; null: all.</summary>
    public IReadOnlyList<string>? Phases { get; init; }

    /// <summary>Neither nginx nor wrk: the paced upstream without a pace and our own load generator. For machines that have nothing but .NET.</summary>
    public required bool IsBare { get; init; }

    /// <summary>Added to every port.</summary>
    public required int PortOffset { get; init; }

    /// <summary>Reads them from the command line.</summary>
    public static BenchSettings Read(Arguments arguments)
    {
        var isQuick = arguments.Has("--quick");
        var seconds = arguments.Number("--seconds", isQuick ? 2 : 6);
        return new BenchSettings
        {
            Rounds = arguments.Number("--rounds", isQuick ? 2 : 5),
            Seconds = seconds,
            // .NET compiles hot code a second time after some thousand answers; Node needs less.
            WarmUpSeconds = isQuick ? seconds : Math.Max(seconds, 8),
            Connections = arguments.Number("--connections", 32),
            Requests = arguments.List("--requests") ?? ["small", "100k"],
            Rows = arguments.List("--rows"),
            Phases = arguments.List("--phases"),
            IsBare = arguments.Has("--bare"),
            PortOffset = arguments.Number("--port-offset", 0),
        };
    }
}
