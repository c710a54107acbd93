using System.Globalization;

namespace Dragoman.Bench.Measure;

/// <summary>Processor time and memory of a process and its descendants, from Linux's <c>/proc</c>.</summary>
internal static class ProcessTree
{
    // sysconf(_SC_CLK_TCK) on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Processor time so far, user and system, in milliseconds.</summary>
    public static double CpuMilliseconds(int process) => Members(process).Sum(member => member.Ticks) * 1000 / TicksPerSecond;

    /// <summary>The highest resident memory so far (or since <see cref="ResetPeak"/>), in MB.</summary>
    public static double PeakMegabytes(int process) => Members(process).Sum(member => Status(member.Id, "VmHWM:"));

    /// <summary>Resident memory now, in MB.</summary>
    public static double ResidentMegabytes(int process) => Members(process).Sum(member => Status(member.Id, "VmRSS:"));

    /// <summary>Lets the peak be counted anew.</summary>
    public static void ResetPeak(int process)
    {
        // man 5 proc: 5 resets the peak resident set size.
        foreach (var (id, _) in Members(process)) File.WriteAllText($"/proc/{id}/clear_refs", "5");
    }

    private static List<(int Id, long Ticks)> Members(int root)
    {
        var all = new Dictionary<int, (int Parent, long Ticks)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && Read(Path.Combine(folder, "stat")) is { } stat) all[id] = Parse(stat);
        }

        return [.. all.Where(entry => IsBelow(entry.Key, root, all)).Select(entry => (entry.Key, entry.Value.Ticks))];
    }

    private static bool IsBelow(int id, int root, Dictionary<int, (int Parent, long Ticks)> all)
    {
        while (id != root)
        {
            if (!all.TryGetValue(id, out var entry) || entry.Parent == 0) return false;
            id = entry.Parent;
        }

        return true;
    }

    // "1234 (name with ) and blanks) S parent …": fields are counted behind the last parenthesis; 14 and 15 are user and system time.
    private static (int Parent, long Ticks) Parse(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
    }

    private static double Status(int id, string name)
    {
        var line = Read($"/proc/{id}/status")?.Split('\n').FirstOrDefault(text => text.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) / 1024;
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The process has ended meanwhile.
            return null;
        }
    }
}
