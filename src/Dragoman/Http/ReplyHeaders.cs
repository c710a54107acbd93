using System.Text;
using Dragoman.Telemetry;

namespace Dragoman.Http;

/// <summary>The headers that say what really happened to a request.</summary>
internal static class ReplyHeaders
{
    // Proxies refuse header lines of more than 8 kB.
    private const int MaxDegradedLength = 2048;

    /// <summary>Writes <c>x-dragoman-model</c> and <c>x-dragoman-degraded</c>.</summary>
    public static void Write(HttpContext http, Exchange exchange)
    {
        if (exchange.Target is { } target) http.Response.Headers["x-dragoman-model"] = Printable(target.ToString());
        if (exchange.Opened is not { Degraded.Count: > 0 } opened) return;
        var degraded = Printable(string.Join(", ", opened.Degraded));
        http.Response.Headers["x-dragoman-degraded"] = degraded.Length > MaxDegradedLength ? degraded[..MaxDegradedLength] : degraded;
    }

    // A model's name comes from the client: no control characters or non-ASCII may get into a header.
    private static string Printable(string value)
    {
        var clean = new StringBuilder(value.Length);
        foreach (var c in value) clean.Append(c is >= ' ' and <= '~' ? c : '?');
        return clean.ToString();
    }
}
