using System.Globalization;
using Dragoman.Bench.Measure;
using Dragoman.Bench.Phases;
using Dragoman.Bench.Report;
using Dragoman.Bench.Rows;

namespace Dragoman.Bench;

/// <summary><c>run</c>: starts everything, runs the phases, writes the report.</summary>
internal static class BenchRun
{
    private static readonly IReadOnlyDictionary<string, Func<BenchSession, Task>> Phases = new Dictionary<string, Func<BenchSession, Task>>(StringComparer.Ordinal)
    {
        ["throughput"] = ThroughputPhase.RunAsync,
        ["alone"] = AlonePhase.RunAsync,
        ["first-token"] = FirstTokenPhase.RunAsync,
        ["answers"] = AnswersPhase.RunAsync,
        ["sizes"] = SizesPhase.RunAsync,
        ["concurrency"] = ConcurrencyPhase.RunAsync,
        ["streams"] = StreamsPhase.RunAsync,
        ["start"] = StartPhase.RunAsync,
        ["allocations"] = AllocationsPhase.RunAsync,
    };

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var settings = BenchSettings.Read(arguments);
        var source = Path.GetFullPath(arguments.Find("--source") ?? "bench");
        var stamp = DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var output = Path.GetFullPath(arguments.Find("--out") ?? Path.Combine(source, "results", stamp));
        var places = new Places(source, output, Path.GetFullPath(arguments.Get("--dragoman")), Path.GetFullPath(arguments.Find("--peers") ?? Path.Combine(source, ".peers")));
        Directory.CreateDirectory(output);
        var peers = Peer.ReadAll(arguments.Find("--file") ?? Path.Combine(source, "peers.jsonc"))
            .Where(peer => settings.Rows is null || settings.Rows.Contains(peer.Key))
            .Select(peer => peer.Port == 0 ? peer : peer with { Port = peer.Port + settings.PortOffset })
            .ToList();
        var unknown = (settings.Phases ?? []).Except(Phases.Keys).Concat((settings.Rows ?? []).Except(peers.Select(peer => peer.Key))).ToList();
        if (unknown.Count > 0)
        {
            await Console.Error.WriteLineAsync($"unknown: {string.Join(", ", unknown)}; phases are {string.Join(", ", Phases.Keys)}");
            return 2;
        }

        var machine = await Machine.DescribeAsync();
        await using var bench = new BenchSession(settings, places, peers);
        await bench.StartUpstreamAsync();
        foreach (var row in bench.Rows) await row.InstallAsync();
        foreach (var (name, phase) in Phases.Where(phase => settings.Phases is null || settings.Phases.Contains(phase.Key)))
        {
            Console.WriteLine($"== {name}");
            await phase(bench);
        }

        var report = new MarkdownReport(bench, machine, string.Join(' ', Environment.GetCommandLineArgs().Skip(1)));
        await File.WriteAllTextAsync(Path.Combine(output, "report.md"), report.Write());
        await File.WriteAllBytesAsync(Path.Combine(output, "report.json"), JsonReport.Write(bench, machine));
        Console.WriteLine(report.Write());
        Console.WriteLine($"written to {output}");
        return bench.Rows.Any(row => row.Peer.Kind == "ours" && row.Unavailable is not null) ? 1 : 0;
    }
}
