using System.Reflection;
using Dragoman.Providers;
using Dragoman.Routing;
using Dragoman.Telemetry;

namespace Dragoman.Http;

/// <summary>Signs of life for clients, load balancers and people.</summary>
internal sealed class HealthEndpoint(Router router, ModelCatalog catalog)
{
    /// <summary>The gateway's version.</summary>
    public static string Version { get; } =
        typeof(HealthEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary><c>GET /</c> and <c>/api/hello</c>.</summary>
    public static Task HelloAsync(HttpContext http, Exchange exchange) => JsonReply.SendAsync(http, 200, json =>
    {
        json.WriteString("name"u8, "dragoman"u8);
        json.WriteString("version"u8, Version);
    });

    /// <summary><c>POST /api/event_logging/batch</c>: taken and forgotten.</summary>
    public static Task TelemetryAsync(HttpContext http, Exchange exchange) => JsonReply.SendAsync(http, 200, static _ => { });

    /// <summary><c>GET /api/version</c>.</summary>
    public static Task VersionAsync(HttpContext http, Exchange exchange) => JsonReply.SendAsync(http, 200, json => json.WriteString("version"u8, Version));

    /// <summary><c>GET /health</c> and <c>/health/live</c>: the process serves requests.</summary>
    public static Task LiveAsync(HttpContext http, Exchange exchange) => JsonReply.SendAsync(http, 200, json => json.WriteString("status"u8, "ok"u8));

    /// <summary><c>GET /health/ready</c>: the default model's provider answers.</summary>
    public async Task ReadyAsync(HttpContext http, Exchange exchange)
    {
        var target = await router.DefaultTargetAsync(http.RequestAborted);
        var list = await catalog.ListAsync(target.Provider, http.RequestAborted);
        await JsonReply.SendAsync(http, list.Error is null ? 200 : 503, json =>
        {
            json.WriteString("status"u8, list.Error is null ? "ready" : "not ready");
            json.WriteString("model"u8, target.ToString());
            if (list.Error is not null) json.WriteString("reason"u8, list.Error.Message);
        });
    }
}
