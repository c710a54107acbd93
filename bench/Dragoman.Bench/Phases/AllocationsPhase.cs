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

    /// <summary>One event more of an answer that comes at once.</summary>
    public const string AtOnce = "one more event, all at once";

    /// <summary>One event more of an answer that comes token by token.</summary>
    public const string Paced = "one more event, paced";

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
            bench.Figures.Add(Name, AtOnce, RowKey, "bytes/event", (many - few) / (5000 - 200));
        }

        if (!bench.Settings.IsBare) bench.Figures.Add(Name, Paced, RowKey, "bytes/event", await MeasurePacedAsync(bench));
    }

    private static async Task<double> MeasureAsync(BenchSession bench, string answer, string request)
    {
        using var host = await StartAsync(bench, bench.UpstreamPort(answer));
        using var caller = host.Caller(request);
        for (var i = 0; i < Answers; i++) await caller.AskAsync();
        var before = await AllocatedAsync(host);
        for (var i = 0; i < Answers; i++) await caller.AskAsync();
        return (await AllocatedAsync(host) - before) / Answers;
    }

    // Here every token comes by itself: the gateway waits, reads, translates and flushes for each. The difference between long and short answers is the tokens'.
    private static async Task<double> MeasurePacedAsync(BenchSession bench)
    {
        const int streams = 20, fewTokens = 100, manyTokens = 1100;
        const double tokensPerSecond = 250;
        using var host = await StartAsync(bench, bench.PacedUpstreamPort);
        using var caller = host.Caller("small");
        async Task<double> AskAsync(int tokens)
        {
            await bench.PaceAsync(tokensPerSecond, tokens);
            var before = await AllocatedAsync(host);
            await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => caller.AskAsync()));
            return await AllocatedAsync(host) - before;
        }

        await AskAsync(manyTokens);
        var few = await AskAsync(fewTokens);
        var many = await AskAsync(manyTokens);
        return (many - few) / (streams * (manyTokens - fewTokens));
    }

    private static async Task<Row> StartAsync(BenchSession bench, int upstreamPort)
    {
        const int port = 18520;
        var ours = bench.Rows.First(row => row.Peer.Key == RowKey).Peer;
        var host = new Row(ours with { Key = "host", Start = "{bench} host --port {port} --upstream {upstream}", Port = port + bench.Settings.PortOffset }, bench.Places);
        await host.InstallAsync();
        await host.StartAsync(upstreamPort);
        return host.Unavailable is { } why ? throw new InvalidOperationException(why) : host;
    }

    private static async Task<double> AllocatedAsync(Row host)
    {
        using var http = new HttpClient();
        return double.Parse(await http.GetStringAsync(new Uri(host.Url, "/allocated")), CultureInfo.InvariantCulture);
    }
}
