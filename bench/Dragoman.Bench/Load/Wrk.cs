using System.Globalization;
using System.Text.Json;

namespace Dragoman.Bench.Load;

/// <summary>The load generator wrk: as many answers as a gateway can give to so many connections.</summary>
internal static class Wrk
{
    private const string Script = """
        local body = io.open(os.getenv("BENCH_BODY"), "rb")
        wrk.method = "POST"
        wrk.body = body:read("*a")
        body:close()
        wrk.headers["content-type"] = "application/json"
        for line in io.lines(os.getenv("BENCH_HEADERS")) do
          local name, value = line:match("^(.-): (.*)$")
          if name then wrk.headers[name] = value end
        end
        function done(summary, latency, requests)
          local e = summary.errors
          io.write(string.format('\nRESULT {"answers":%d,"microseconds":%d,"bytes":%d,"errors":%d,"p50":%f,"p99":%f}\n',
            summary.requests, summary.duration, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
        end
        """;

    /// <summary>Loads a gateway for a while.</summary>
    public static async Task<LoadResult> RunAsync(string folder, Uri url, string bodyFile, IReadOnlyDictionary<string, string> headers, int connections, double seconds)
    {
        var script = Path.Combine(folder, "post.lua");
        var headerFile = Path.Combine(folder, "headers.txt");
        await File.WriteAllTextAsync(script, Script);
        await File.WriteAllLinesAsync(headerFile, headers.Select(header => $"{header.Key}: {header.Value}"));
        // wrk takes whole seconds. A time-out as long as a slow peer needs under load: an answer that comes late is late, not lost.
        var arguments = string.Create(CultureInfo.InvariantCulture, $"-t1 -c{connections} -d{Math.Max(1, (int)Math.Round(seconds))}s --timeout 60s -s {script} {url}");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["BENCH_BODY"] = bodyFile, ["BENCH_HEADERS"] = headerFile };
        var output = await Shell.OutputAsync($"exec wrk {arguments}", environment);
        var line = output.Split('\n').FirstOrDefault(text => text.StartsWith("RESULT ", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"wrk said: {output}");
        using var json = JsonDocument.Parse(line["RESULT ".Length..]);
        double Number(string name) => json.RootElement.GetProperty(name).GetDouble();
        var answers = Number("answers");
        return new LoadResult((long)answers, Number("microseconds") / 1e6, Number("p50") / 1e3, Number("p99") / 1e3, (long)Number("errors"), answers == 0 ? 0 : Number("bytes") / answers);
    }
}
