using System.Globalization;
using System.Net;
using System.Text.Json;
using Dragoman.Bench.Measure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Bench;

/// <summary>
/// <c>host --port N --upstream URL</c>: the gateway's library inside a process that tells at <c>GET /allocated</c> how many bytes it has allocated so far.
/// The published program is trimmed and has no such endpoint; what it allocates for a request is the same code's doing.
/// </summary>
internal static class GatewayHost
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, arguments.Number("--port", 0));
            server.AddServerHeader = false;
        });
        builder.Services.AddDragoman(options =>
        {
            options.UpstreamChosen = true;
            // The benchmark asks for many answers at once, of an upstream that gives them.
            options.Providers["ollama"] = JsonDocument.Parse($$"""{"url":"{{arguments.Get("--upstream")}}","concurrency":0}""").RootElement;
        });
        await using var app = builder.Build();
        // Which types they are; not started unless asked for, as sampling itself allocates.
        using var sampler = arguments.Has("--sample") ? new AllocationSampler() : null;
        app.MapGet("/allocated/types", () => Results.Text(sampler?.Take() ?? "start with --sample"));
        // Before the gateway's own paths, which answer 404 to what they don't know.
        app.MapGet("/allocated", () => Results.Text(GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture)));
        app.MapDragoman();
        await app.RunAsync();
        return 0;
    }
}
