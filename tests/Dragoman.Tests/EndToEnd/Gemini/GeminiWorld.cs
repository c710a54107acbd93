using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Upstreams.Gemini;
using Microsoft.AspNetCore.Builder;

namespace Dragoman.Tests.EndToEnd.Gemini;

/// <summary>The real gateway on a real port in front of a simulated Gemini, which refuses whatever Google would refuse. The gateway can be started anew.</summary>
internal sealed class GeminiWorld : IAsyncDisposable
{
    /// <summary>A model that wants its signatures back.</summary>
    public const string Model = "gemini-3.8-flash";

    private readonly StringWriter _log = new();
    private readonly GeminiScenario _scenario;
    private readonly ApiFlavour _flavour;
    private readonly Action<DragomanOptions>? _configure;
    private readonly string _credentials = Path.GetTempFileName();
    private WebApplication? _app;

    private GeminiWorld(SimulatedGemini gemini, GeminiScenario scenario, ApiFlavour flavour, Action<DragomanOptions>? configure) =>
        (Gemini, _scenario, _flavour, _configure) = (gemini, scenario, flavour, configure);

    /// <summary>The upstream.</summary>
    public SimulatedGemini Gemini { get; }

    /// <summary>Talks to the gateway.</summary>
    public HttpClient Client { get; private set; } = new();

    /// <summary>What the gateway has logged.</summary>
    public string Log => _log.ToString();

    /// <summary>Starts both.</summary>
    public static async Task<GeminiWorld> StartAsync(GeminiScenario scenario, ApiFlavour flavour = ApiFlavour.GeminiApi, Action<DragomanOptions>? configure = null)
    {
        var world = new GeminiWorld(await SimulatedGemini.StartAsync(scenario), scenario, flavour, configure);
        await File.WriteAllTextAsync(world._credentials, SimulatedAccount.ServiceAccountFile(world.Gemini.TokenUrl));
        await world.RestartAsync();
        return world;
    }

    /// <summary>Starts the gateway, or ends it and starts another one: whatever it kept in memory is gone.</summary>
    public async Task RestartAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        Client.Dispose();
        var access = _flavour switch
        {
            ApiFlavour.Vertex => $"\"flavour\":\"vertex\",\"project\":\"{_scenario.Project}\",\"location\":\"global\",\"credentials\":{JsonSerializer.Serialize(_credentials)}",
            ApiFlavour.VertexExpress => $"\"flavour\":\"vertex-express\",\"apiKey\":\"{_scenario.ExpressKey}\"",
            _ => $"\"flavour\":\"gemini-api\",\"apiKey\":\"{_scenario.ApiKey}\"",
        };
        // A test that says nothing of repeats sees each failure once, and at once.
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true, Retries = { Attempts = 1 } };
        options.Providers["gemini"] = JsonElement.Parse($$"""{"url":"{{Gemini.Url}}",{{access}}}""");
        _configure?.Invoke(options);
        _app = ServeCommand.Build(options, TextWriter.Synchronized(_log));
        await _app.StartAsync();
        Client = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = new Uri(_app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Asks; the answer's headers are there when this returns.</summary>
    public Task<HttpResponseMessage> AskAsync(string body, string path = "/v1/messages?beta=true", CancellationToken cancellationToken = default) => Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") },
        HttpCompletionOption.ResponseHeadersRead,
        cancellationToken);

    /// <summary>Asks for a stream and reads all of it.</summary>
    public async Task<List<SseEvent>> StreamAsync(string body)
    {
        using var response = await AskAsync(body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.Content.Headers.ContentType?.MediaType == "text/event-stream", text);
        return SseEvent.ParseAll(text);
    }

    /// <summary>Asks and reads an answer in JSON, good or bad.</summary>
    public async Task<(int Status, JsonElement Body)> SendAsync(string body, string path = "/v1/messages?beta=true")
    {
        using var response = await AskAsync(body, path);
        return ((int)response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>A request of one user message.</summary>
    public static string Ask(string text, string more = "", string model = Model) =>
        $$"""{"model":"{{model}}","max_tokens":4000{{more}},"messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]}""";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        await Gemini.DisposeAsync();
        File.Delete(_credentials);
    }
}
