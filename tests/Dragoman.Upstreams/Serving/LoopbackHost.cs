using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Upstreams.Serving;

/// <summary>Kestrel on 127.0.0.1 with one handler and nothing else: no routing, no logging, no server header.</summary>
internal sealed class LoopbackHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private LoopbackHost(WebApplication app, Uri url)
    {
        this.app = app;
        Url = url;
    }

    /// <summary>Where it listens, for example <c>http://127.0.0.1:40001/</c>.</summary>
    public Uri Url { get; }

    /// <summary>Starts listening.</summary>
    /// <param name="handler">Answers every request.</param>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<LoopbackHost> StartAsync(RequestDelegate handler, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, port);
            options.AddServerHeader = false;
            // The real servers take bodies far larger than Kestrel's default of 30 MB (base64 images).
            options.Limits.MaxRequestBodySize = null;
            // A test that holds a reply back for minutes must not lose it to Kestrel's slow-client guard.
            options.Limits.MinResponseDataRate = null;
            options.Limits.MinRequestBodyDataRate = null;
        });
        var server = builder.Build();
        server.Run(handler);
        await server.StartAsync();
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        return new LoopbackHost(server, new Uri(addresses!.Addresses.Single()));
    }

    /// <summary>Stops at once: calls that are still open are cut, as when the process is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }
}
