using System.Diagnostics;
using System.Globalization;
using Dragoman.Bench.Load;
using Dragoman.Bench.Measure;
using Dragoman.Bench.Report;
using Dragoman.Bench.Rows;
using Dragoman.Bench.Upstream;

namespace Dragoman.Bench;

/// <summary>What the phases work with: the rows, the upstreams, the load generator, the figures.</summary>
internal sealed class BenchSession(BenchSettings settings, Places places, IReadOnlyList<Peer> peers) : IAsyncDisposable
{
    private const int PacedPort = 18437;

    private Process? _upstream;
    private Process? _paced;

    /// <summary>How long and how much.</summary>
    public BenchSettings Settings => settings;

    /// <summary>Where things are.</summary>
    public Places Places => places;

    /// <summary>All rows.</summary>
    public IReadOnlyList<Row> Rows { get; } = [.. peers.Select(peer => new Row(peer, places))];

    /// <summary>The rows that can be measured.</summary>
    public IEnumerable<Row> Running => Rows.Where(row => row.Unavailable is null);

    /// <summary>What was measured.</summary>
    public Figures Figures { get; } = new();

    /// <summary>Why rows could not be measured.</summary>
    public HashSet<string> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>The port of the upstream that paces its tokens.</summary>
    public int PacedUpstreamPort => PacedPort + settings.PortOffset;

    /// <summary>The port of the upstream that gives a kind of answer at once.</summary>
    public int UpstreamPort(string answer) => NginxUpstream.Ports[answer] + settings.PortOffset;

    /// <summary>Starts the upstreams.</summary>
    public async Task StartUpstreamAsync()
    {
        var none = new Dictionary<string, string>(StringComparer.Ordinal);
        if (settings.IsBare)
        {
            const int atOnce = 1_000_000;
            _upstream = Shell.Start($"{places.Bench} upstream --port {UpstreamPort("200")} --pace {atOnce} --tokens 200", Path.Combine(places.Output, "upstream.log"), none, places.Output);
        }
        else
        {
            var folder = Path.Combine(places.Output, "upstream");
            var configuration = NginxUpstream.Write(folder, settings.PortOffset);
            _upstream = Shell.Start($"nginx -e {folder}/nginx.log -c {configuration}", Path.Combine(places.Output, "upstream.log"), none, places.Output);
        }

        _paced = Shell.Start($"{places.Bench} upstream --port {PacedUpstreamPort}", Path.Combine(places.Output, "paced.log"), none, places.Output);
        // Both listen within this time on any machine; a row that is started too early tries again anyway.
        await Task.Delay(500);
        if (_upstream.HasExited || _paced.HasExited) throw new InvalidOperationException($"An upstream did not start: its port is taken, perhaps by another run. See {places.Output}/upstream.log and paced.log.");
    }

    /// <summary>Sets the paced upstream's pace and the length of its answers.</summary>
    public async Task PaceAsync(double tokensPerSecond, int tokens)
    {
        using var http = new HttpClient();
        var path = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{PacedUpstreamPort}/pace/{tokensPerSecond}/{tokens}");
        using var set = await http.PostAsync(new Uri(path), content: null);
        set.EnsureSuccessStatusCode();
    }

    /// <summary>Starts all rows anew in front of an upstream.</summary>
    public async Task StartRowsAsync(int upstreamPort, string answers = "200 tokens")
    {
        foreach (var row in Rows)
        {
            row.Stop();
            await row.StartAsync(upstreamPort);
            if (row.Unavailable is { } why && Failures.Add($"{row.Peer.Name}, answers of {answers}: {why}")) Console.WriteLine($"   {row.Peer.Name}: {why}");
        }
    }

    /// <summary>Loads a row with as much as it can bear and notes what came of it.</summary>
    public async Task<LoadResult> MeasureAsync(string phase, string @case, Row row, string request, int connections, double seconds)
    {
        var before = row.CpuMilliseconds;
        var result = await LoadAsync(row, request, connections, seconds);
        var cpu = row.CpuMilliseconds - before;
        await SettleAsync(row);
        void Add(string metric, double value) => Figures.Add(phase, @case, row.Peer.Key, metric, value);
        Add("answers/s", result.PerSecond);
        // A row that is too slow for the time it has gives no answer, and none is not a fast one.
        Add("p50 ms", result.Answers == 0 ? double.NaN : result.P50);
        Add("p99 ms", result.Answers == 0 ? double.NaN : result.P99);
        Add("errors", result.Errors);
        Add("bytes/answer", result.Bytes);
        if (row.ProcessId != 0 && result.Answers > 0) Add("CPU ms/answer", cpu / result.Answers);
        Console.WriteLine($"   {phase} {@case} {row.Peer.Key}: {result.PerSecond:N0} answers/s, p50 {result.P50:N2} ms, p99 {result.P99:N2} ms, errors {result.Errors}");
        return result;
    }

    // The load generator leaves answers unfinished; a slow row goes on working at them and would take the processor from the next one.
    private static async Task SettleAsync(Row row)
    {
        const double busyMilliseconds = 20;
        const int looks = 100;
        for (var i = 0; i < looks && row.ProcessId != 0; i++)
        {
            var before = row.CpuMilliseconds;
            await Task.Delay(100);
            if (row.CpuMilliseconds - before <= busyMilliseconds) return;
        }
    }

    /// <summary>Loads a row.</summary>
    public async Task<LoadResult> LoadAsync(Row row, string request, int connections, double seconds)
    {
        if (settings.IsBare)
        {
            using var caller = row.Caller(request);
            return await OwnLoad.ClosedAsync(caller, connections, seconds);
        }

        var body = Path.Combine(places.Output, $"{row.Peer.Key}-{request}.json");
        if (!File.Exists(body)) await File.WriteAllBytesAsync(body, row.Body(request));
        return await Wrk.RunAsync(places.Output, row.Url, body, row.Headers, connections, seconds);
    }

    /// <summary>Notes a row's highest memory since it was started (or since the peak was reset).</summary>
    public void MeasurePeak(string phase, string @case, Row row)
    {
        if (row.ProcessId != 0) Figures.Add(phase, @case, row.Peer.Key, "peak MB", ProcessTree.PeakMegabytes(row.ProcessId));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var row in Rows) row.Dispose();
        foreach (var upstream in new[] { _upstream, _paced }.OfType<Process>())
        {
            upstream.Kill(entireProcessTree: true);
            await upstream.WaitForExitAsync();
            upstream.Dispose();
        }
    }
}
