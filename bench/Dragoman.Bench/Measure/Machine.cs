using System.Runtime.InteropServices;

namespace Dragoman.Bench.Measure;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    /// <summary>One line each: name and value.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> DescribeAsync() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["processor"] = $"{Field("/proc/cpuinfo", "model name")}, {Environment.ProcessorCount} cores shared by load generator, gateway and upstream",
        ["memory"] = $"{long.Parse(Field("/proc/meminfo", "MemTotal").Split(' ')[0]) >> 20} GB",
        ["system"] = $"{await Shell.OutputAsync("uname -sr")}, {RuntimeInformation.OSDescription}",
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["node"] = await Shell.OutputAsync("node --version 2>/dev/null || echo none"),
        ["nginx"] = await Shell.OutputAsync("nginx -v 2>&1 | sed 's/.*: //' || echo none"),
        ["wrk"] = await Shell.OutputAsync("wrk -v 2>&1 | head -1 | cut -d' ' -f2 || echo none"),
        ["load before the run"] = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0],
        ["commit"] = await Shell.OutputAsync("git rev-parse --short HEAD 2>/dev/null || echo unknown"),
    };

    private static string Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "0";
}
