using System.Diagnostics;
using System.Text.Json;

namespace Dragoman.Tests.Bench;

/// <summary>The benchmark itself runs: with its own upstream and load generator, as a machine that builds this need have neither nginx nor wrk.</summary>
public sealed class BenchSmokeTests
{
    // Below the range from which Linux takes ports for outgoing connections, and away from those of a real run.
    private const string PortOffset = "-3000";

    [Fact(Timeout = 120_000)]
    public async Task A_short_run_measures_gateway_and_relays()
    {
        var output = Directory.CreateTempSubdirectory("dragoman-bench-");
        try
        {
            var report = await RunAsync(output.FullName);
            Assert.Empty(report.GetProperty("failures").EnumerateArray());
            var figures = report.GetProperty("figures").EnumerateArray().ToList();
            foreach (var row in (string[])["direct", "rewrite-parse", "dragoman"])
            {
                Assert.True(Value(figures, "throughput", row, "answers/s") > 0);
                Assert.Equal(0, Value(figures, "throughput", row, "errors"));
                Assert.True(Value(figures, "streams", row, "tokens/s") > 0);
            }

            // The relay passes on 200 texts, the gateway too and some events around them: neither has lost any.
            Assert.InRange(Value(figures, "throughput", "dragoman", "bytes/answer"), Value(figures, "throughput", "rewrite-parse", "bytes/answer"), double.MaxValue);
            Assert.True(Value(figures, "start", "dragoman", "first answer ms") > 0);
            Assert.True(Value(figures, "allocations", "dragoman", "bytes/answer") > 0);
            Assert.Contains("### Start and memory", await File.ReadAllTextAsync(Path.Combine(output.FullName, "report.md")));
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    private static async Task<JsonElement> RunAsync(string output)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Dragoman.Bench");
        string[] words =
        [
            "run", "--bare", "--rounds", "1", "--seconds", "1", "--quick", "--connections", "4", "--requests", "100k", "--rows", "direct,rewrite-parse,dragoman",
            "--phases", "throughput,streams,start,allocations", "--source", Path.Combine(Root, "bench"), "--peers", Path.Combine(output, "peers"), "--out", output,
            "--dragoman", Path.Combine(AppContext.BaseDirectory, "dragoman"), "--port-offset", PortOffset,
        ];
        using var run = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var (text, errors) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, await text + await errors);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(output, "report.json")));
        return json.RootElement.Clone();
    }

    private static double Value(List<JsonElement> figures, string phase, string row, string metric) => figures
        .First(figure => figure.GetProperty("phase").GetString() == phase && figure.GetProperty("row").GetString() == row && figure.GetProperty("metric").GetString() == metric)
        .GetProperty("value").GetDouble();

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "Dragoman.slnx"))) folder = folder.Parent;
            return folder.FullName;
        }
    }
}
