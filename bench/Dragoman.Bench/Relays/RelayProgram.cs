using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Bench.Relays;

/// <summary><c>relay --mode bytes|rewrite|rewrite-parse --port N --upstream URL</c>: what .NET can do at best, to compare the gateway with.</summary>
internal static class RelayProgram
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var upstream = new Uri(new Uri(arguments.Get("--upstream")), "/api/chat");
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null });
        http.Timeout = Timeout.InfiniteTimeSpan;
        RequestDelegate relay = arguments.Get("--mode") switch
        {
            "bytes" => new ByteRelay(http, upstream).RelayAsync,
            "rewrite" => new RewriteRelay(http, upstream, parsesRequest: false).RelayAsync,
            "rewrite-parse" => new RewriteRelay(http, upstream, parsesRequest: true).RelayAsync,
            var mode => throw new ArgumentException($"--mode {mode}", nameof(arguments)),
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, arguments.Number("--port", 0));
            server.Limits.MaxRequestBodySize = null;
            server.AddServerHeader = false;
        });
        await using var app = builder.Build();
        app.Run(relay);
        await app.RunAsync();
        return 0;
    }
}
