namespace Dragoman.Bench.Phases;

/// <summary>Long answers: 5,000 tokens, and one tool call with 500 kB of input.</summary>
internal static class AnswersPhase
{
    /// <summary>The phase's name in the figures.</summary>
    public const string Name = "answers";

    /// <summary>Kinds of answer of the upstream.</summary>
    public static readonly string[] Kinds = ["5000", "tool"];

    public static async Task RunAsync(BenchSession bench)
    {
        if (bench.Settings.IsBare) return;
        foreach (var kind in Kinds)
        {
            await bench.StartRowsAsync(bench.UpstreamPort(kind), kind == "tool" ? "one tool call" : $"{kind} tokens");
            foreach (var row in bench.Running) await bench.LoadAsync(row, "small", connections: 8, bench.Settings.WarmUpSeconds);
            for (var round = 0; round < bench.Settings.SideRounds; round++)
            {
                foreach (var row in bench.Running) await bench.MeasureAsync(Name, kind, row, "small", connections: 8, bench.Settings.Seconds);
            }

            foreach (var row in bench.Running) bench.MeasurePeak(Name, kind, row);
        }
    }
}
