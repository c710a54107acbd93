using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Providers;
using Dragoman.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Tests.Http;

/// <summary>The gateway in an application of its own, on a real port, in front of scripted upstreams.</summary>
internal sealed class ScriptedGateway : IAsyncDisposable
{
    // Far more than anything here takes, far less than a test run may hang.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly StringWriter _log;

    private ScriptedGateway(WebApplication app, StringWriter log)
    {
        (_app, _log) = (app, log);
        Client = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = new Uri(app.Urls.First()), Timeout = Patience };
    }

    /// <summary>Talks to the gateway.</summary>
    public HttpClient Client { get; }

    /// <summary>What was logged; complete after the gateway was disposed.</summary>
    public string Log => _log.ToString();

    /// <summary>Starts it with one upstream, <c>first</c>.</summary>
    public static Task<ScriptedGateway> StartAsync(IProvider provider, Action<DragomanOptions>? configure = null) => StartAsync([("first", provider)], configure);

    /// <summary>Starts it; <c>m</c> goes to the upstreams in their order.</summary>
    public static async Task<ScriptedGateway> StartAsync((string Name, IProvider Provider)[] providers, Action<DragomanOptions>? configure = null, string prefix = "")
    {
        var log = new StringWriter();
        // A test that says nothing of repeats sees each failure once, and at once.
        var options = new DragomanOptions { UpstreamChosen = true, Retries = { Attempts = 1 } };
        options.Models["m"] = JsonDocument.Parse($"[{string.Join(",", providers.Select(provider => $"\"{provider.Name}/m\""))}]").RootElement;
        configure?.Invoke(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new LineLog(TextWriter.Synchronized(log), TimeProvider.System));
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Dragoman", LogLevel.Debug);
        builder.WebHost.ConfigureKestrel(server => server.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddDragoman(options).AddSingleton(new ProviderSet(providers));
        var app = builder.Build();
        app.MapGroup(prefix).MapDragoman();
        await app.StartAsync();
        return new ScriptedGateway(app, log);
    }

    /// <summary>A request for model <c>m</c> with further fields.</summary>
    public static string Body(bool stream, string fields = "") => $$"""{"model":"m","max_tokens":100,"stream":{{(stream ? "true" : "false")}},{{fields}}"messages":[{"role":"user","content":"hi"}]}""";

    /// <summary>Asks; the answer's headers are there when this returns.</summary>
    public Task<HttpResponseMessage> AskAsync(string body, CancellationToken cancellationToken = default) => Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = new StringContent(body, Encoding.UTF8, "application/json") }, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>Asks and reads the whole answer.</summary>
    public async Task<(HttpResponseMessage Response, string Body)> SendAsync(string body)
    {
        var response = await AskAsync(body);
        return (response, await response.Content.ReadAsStringAsync().WaitAsync(Patience));
    }

    /// <summary>Gets a JSON object.</summary>
    public async Task<(int Status, JsonElement Body)> GetAsync(string path, string userAgent = "test")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "User-Agent", userAgent } } };
        using var response = await Client.SendAsync(request);
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>Fails a test that waits for something that doesn't come.</summary>
    public static Task Within(Task task) => task.WaitAsync(Patience);

    /// <summary>The next event of a stream that is still open; null at its end.</summary>
    public static async Task<SseEvent?> NextAsync(StreamReader reader)
    {
        var frame = new StringBuilder();
        while (await reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Length == 0) return SseEvent.ParseAll(frame.ToString()).Single();
            frame.Append(frame.Length > 0 ? "\n" : "").Append(line);
        }

        return null;
    }

    /// <summary>Reads events up to the first of a type.</summary>
    public static async Task<List<SseEvent>> UntilAsync(StreamReader reader, string type)
    {
        var events = new List<SseEvent>();
        while (events.Count == 0 || events[^1].Type != type) events.Add(await NextAsync(reader) ?? throw new InvalidOperationException($"The stream ended without {type} after {events.Count} events."));
        return events;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
