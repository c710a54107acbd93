using System.Globalization;

namespace Dragoman.Cli;

/// <summary>Quantities as people read them.</summary>
internal static class Quantities
{
    /// <summary>For example <c>18.6 GB</c>; thousands, as disks and Ollama's own list count.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
    };

    /// <summary>For example <c>32k</c>, of tokens; in units of 1024, as context sizes are made.</summary>
    public static string Tokens(int tokens) => tokens >= 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{tokens / 1024.0:0}k")
        : tokens.ToString(CultureInfo.InvariantCulture);

    /// <summary>For example <c>4 min</c>: how long until something.</summary>
    public static string Until(TimeSpan span)
    {
        // Ollama writes "for ever" as a date centuries away.
        if (span > TimeSpan.FromDays(1000)) return "for ever";
        if (span < TimeSpan.Zero) return "now";
        if (span < TimeSpan.FromMinutes(1)) return string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s");
        return span < TimeSpan.FromHours(2) ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min") : string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} h");
    }
}
