using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Upstreams.Anthropic;
using Microsoft.AspNetCore.Builder;

namespace Dragoman.Tests.Providers.Anthropic;

/// <summary>The real gateway on a real port in front of a simulated Anthropic.</summary>
internal sealed class AnthropicGateway : IAsyncDisposable
{
    public const string Key = "sk-ant-gateway";

    // Far more than anything here takes, far less than a test run may hang.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly StringWriter _log;

    private AnthropicGateway(SimulatedAnthropic anthropic, WebApplication app, StringWriter log)
    {
        (Anthropic, _app, _log) = (anthropic, app, log);
        Client = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = new Uri(app.Urls.First()), Timeout = Patience };
    }

    /// <summary>The upstream.</summary>
    public SimulatedAnthropic Anthropic { get; }

    /// <summary>Talks to the gateway.</summary>
    public HttpClient Client { get; }

    /// <summary>What the gateway has logged; complete after it was disposed.</summary>
    public string Log => _log.ToString();

    /// <summary>Starts both; the upstream answers every request with <paramref name="reply"/>.</summary>
    public static Task<AnthropicGateway> StartAsync(AnthropicReply reply, string? settings = null, Action<DragomanOptions>? configure = null) =>
        StartAsync(new AnthropicScenario { Reply = _ => reply }, settings, configure);

    /// <summary>Starts both.</summary>
    public static async Task<AnthropicGateway> StartAsync(AnthropicScenario scenario, string? settings = null, Action<DragomanOptions>? configure = null)
    {
        var log = new StringWriter();
        var anthropic = await SimulatedAnthropic.StartAsync(scenario);
        // A test that says nothing of repeats sees each failure once, and at once.
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true, Retries = { Attempts = 1 } };
        options.Providers["anthropic"] = JsonDocument.Parse($$"""{"url":"{{anthropic.Url}}",{{settings ?? $"\"apiKey\":\"{Key}\""}}}""").RootElement;
        configure?.Invoke(options);
        var app = ServeCommand.Build(options, TextWriter.Synchronized(log));
        await app.StartAsync();
        return new AnthropicGateway(anthropic, app, log);
    }

    /// <summary>A request with further fields and another history.</summary>
    public static string Body(bool stream = true, string model = "anthropic/claude-x", string fields = "", string messages = """[{"role":"user","content":"hi"}]""") =>
        $$"""{ "model" : "{{model}}","max_tokens":100,"stream":{{(stream ? "true" : "false")}},{{fields}}"messages":{{messages}}}""";

    /// <summary>Asks; the answer's headers are there when this returns.</summary>
    public async Task<HttpResponseMessage> AskAsync(string body, string path = "/v1/messages?beta=true", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Asks and reads the whole answer.</summary>
    public async Task<(HttpResponseMessage Response, string Body)> SendAsync(string body, string path = "/v1/messages?beta=true", params (string Name, string Value)[] headers)
    {
        var response = await AskAsync(body, path, headers);
        return (response, await response.Content.ReadAsStringAsync().WaitAsync(Patience));
    }

    /// <summary>Fails a test that waits for something that doesn't come.</summary>
    public static Task Within(Func<CancellationToken, Task> wait)
    {
        var limit = new CancellationTokenSource(Patience);
        return wait(limit.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Anthropic.DisposeAsync();
    }
}
