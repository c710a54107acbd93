using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Microsoft.AspNetCore.Builder;

namespace Dragoman.Tests.Http;

/// <summary>The gateway on a real port with the demo as its only upstream, for what the front door does by itself.</summary>
internal sealed class FrontDoor : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FrontDoor(WebApplication app)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    /// <summary>Talks to it.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts it.</summary>
    public static async Task<FrontDoor> StartAsync(Action<DragomanOptions>? configure = null)
    {
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true, DefaultModel = "demo/demo" };
        options.Providers["demo"] = JsonDocument.Parse("{}").RootElement;
        options.Models["*"] = JsonDocument.Parse("\"demo/demo\"").RootElement;
        configure?.Invoke(options);
        var app = ServeCommand.Build(options, TextWriter.Null);
        await app.StartAsync();
        return new FrontDoor(app);
    }

    /// <summary>Sends a request; a body is JSON unless another type is given.</summary>
    public async Task<(HttpResponseMessage Response, string Body)> SendAsync(string method, string path, string? body = null, string type = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, type);
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await Client.SendAsync(request);
        return (response, await response.Content.ReadAsStringAsync());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
