using System.Text;
using Dragoman.Replies;
using Dragoman.Telemetry;

namespace Dragoman.Http;

/// <summary>The headers that say what really happened to a request.</summary>
internal static class ReplyHeaders
{
    // Proxies refuse header lines of more than 8 kB.
    private const int MaxDegradedLength = 2048;

    // A pattern of the configuration may be of any length, and there may be any number of targets.
    private const int MaxReasonLength = 200;

    /// <summary>Writes <c>x-dragoman-model</c>, <c>x-dragoman-route</c> and <c>x-dragoman-degraded</c>, and what the upstream says of its limits.</summary>
    public static void Write(HttpContext http, Exchange exchange)
    {
        if (exchange.Upstream is { } upstream) Pass(http, upstream);
        if (exchange.Target is { } target) http.Response.Headers["x-dragoman-model"] = Printable(target.ToString());
        if (exchange.RouteReason is { } reason) http.Response.Headers["x-dragoman-route"] = Printable(exchange.PassedOver is { } others ? $"{Cut(reason)}; {Cut(others)}" : Cut(reason));
        if (exchange.Opened is not { Degraded.Count: > 0 } opened) return;
        var degraded = Printable(string.Join(", ", opened.Degraded));
        http.Response.Headers["x-dragoman-degraded"] = degraded.Length > MaxDegradedLength ? degraded[..MaxDegradedLength] : degraded;
    }

    /// <summary>Writes <c>x-dragoman-model</c> for a model that is only asked about: all models that may answer, in their order.</summary>
    /// <param name="http">The answer.</param>
    /// <param name="targets">The models.</param>
    /// <param name="rolesConcern">A role may take a request for it: <c>x-dragoman-roles</c> says so.</param>
    public static void WriteTargets(HttpContext http, IEnumerable<Providers.Target> targets, bool rolesConcern)
    {
        http.Response.Headers["x-dragoman-model"] = Printable(string.Join(", ", targets));
        if (rolesConcern) http.Response.Headers["x-dragoman-roles"] = "1";
    }

    private static void Pass(HttpContext http, UpstreamHead upstream)
    {
        var headers = http.Response.Headers;
        foreach (var (name, value) in upstream.Headers)
        {
            headers[name] = Printable(value);
            // A page that may use the gateway reads only the headers that are named to it.
            if (headers.AccessControlExposeHeaders is { Count: > 0 } exposed) headers.AccessControlExposeHeaders = $"{exposed}, {name}";
        }
    }

    private static string Cut(string reason) => reason.Length > MaxReasonLength ? reason[..MaxReasonLength] : reason;

    // A model's name comes from the client: no control characters or non-ASCII may get into a header.
    private static string Printable(string value)
    {
        var clean = new StringBuilder(value.Length);
        foreach (var c in value) clean.Append(c is >= ' ' and <= '~' ? c : '?');
        return clean.ToString();
    }
}
