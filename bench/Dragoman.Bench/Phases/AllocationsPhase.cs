using System.Globalization;
using Dragoman.Bench.Rows;

namespace Dragoman.Bench.Phases;

/// <summary>Bytes that the gateway allocates for an answer, and for one more event of it; counted by the runtime, in a process that can be asked.</summary>
internal static class AllocationsPhase
{
    /// <summary>The phase's name in the figures.</summary>
    public const string Name = "allocations";

    /// <summary>The row under which they are noted.</summary>
    public const string RowKey = "dragoman";

    // An allocation is counted to the byte, so a few hundred answers are enough to bring what happens now and then (growing pools) below a per cent.
    private const int Answers = 400;

    public static async Task RunAsync(BenchSession bench)
    {
        if (!bench.Rows.Any(row => row.Peer.Key == RowKey)) return;
        var requests = bench.Settings.Requests;
        var perAnswer = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (answer, request) in requests.Select(request => ("200", request)).Append(("5000", "small")))
        {
            if (bench.Settings.IsBare && answer != "200") continue;
            var bytes = await MeasureAsync(bench, answer, request);
            perAnswer[$"{answer} {request}"] = bytes;
            bench.Figures.Add(Name, $"{request}, {answer} tokens", RowKey, "bytes/answer", bytes);
            Console.WriteLine($"   {Name} {request}, {answer} tokens: {bytes:N0} bytes/answer");
        }

        if (perAnswer.TryGetValue("5000 small", out var many) && perAnswer.TryGetValue("200 small", out var few))
        {
            bench.Figures.Add(Name, "one more event", RowKey, "bytes/event", (many - few) / (5000 - 200));
        }
    }

    private static async Task<double> MeasureAsync(BenchSession bench, string answer, string request)
    {
        const int port = 18520;
        using var host = new Row(
            bench.Rows.First(row => row.Peer.Key == RowKey).Peer with { Key = "host", Start = "{bench} host --port {port} --upstream {upstream}", Port = port + bench.Settings.PortOffset },
            bench.Places);
        await host.InstallAsync();
        await host.StartAsync(bench.UpstreamPort(answer));
        if (host.Unavailable is { } why) throw new InvalidOperationException(why);
        using var caller = host.Caller(request);
        for (var i = 0; i < Answers; i++) await caller.AskAsync();
        var before = await AllocatedAsync(host);
        for (var i = 0; i < Answers; i++) await caller.AskAsync();
        return (await AllocatedAsync(host) - before) / Answers;
    }

    private static async Task<double> AllocatedAsync(Row host)
    {
        using var http = new HttpClient();
        return double.Parse(await http.GetStringAsync(new Uri(host.Url, "/allocated")), CultureInfo.InvariantCulture);
    }
}
