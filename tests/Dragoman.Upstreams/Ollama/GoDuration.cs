using System.Globalization;
using System.Text.RegularExpressions;

namespace Dragoman.Upstreams.Ollama;

/// <summary>Durations in Go's notation: an optional sign, then numbers with a unit each (<c>300ms</c>, <c>1.5h</c>, <c>2h45m</c>), or a bare <c>0</c>.</summary>
internal static partial class GoDuration
{
    /// <summary>The duration in seconds, or null when the text is none.</summary>
    public static double? Parse(string text)
    {
        if (text is "0" or "+0" or "-0")
        {
            return 0;
        }

        var match = Notation().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var seconds = match.Groups["number"].Captures.Zip(
            match.Groups["unit"].Captures,
            (number, unit) => double.Parse(number.ValueSpan, CultureInfo.InvariantCulture) * SecondsOf(unit.Value)).Sum();
        return match.Groups["sign"].Value == "-" ? -seconds : seconds;
    }

    private static double SecondsOf(string unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 1e-3,
        "ns" => 1e-9,
        _ => 1e-6,
    };

    [GeneratedRegex(@"^(?<sign>[+-])?(?:(?<number>\d+(?:\.\d*)?|\.\d+)(?<unit>ns|us|µs|μs|ms|s|m|h))+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Notation();
}
