using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Microsoft.AspNetCore.Builder;

namespace Dragoman.Tests.EndToEnd.Apis;

/// <summary>The real gateway on a real port in front of a server that speaks one of the <see cref="UpstreamApis"/>.</summary>
internal sealed class ApiGateway : IAsyncDisposable
{
    /// <summary>A model's name that leads to the API's model and, when that fails, to the demo.</summary>
    public const string Chained = "chained";

    // Far more than anything here takes, far less than a test run may hang.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;

    private ApiGateway(WebApplication app)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = new Uri(app.Urls.First()), Timeout = Patience };
    }

    /// <summary>Talks to the gateway.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts it in front of a server at this address.</summary>
    public static async Task<ApiGateway> StartAsync(UpstreamApi api, Uri upstream, Action<DragomanOptions>? configure = null)
    {
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true, Retries = { Attempts = 1 } };
        options.Providers[UpstreamApi.Provider] = JsonElement.Parse(api.Section(upstream));
        options.Models[Chained] = JsonElement.Parse($"""["{api.Target}","demo/demo"]""");
        configure?.Invoke(options);
        var app = ServeCommand.Build(options, TextWriter.Null);
        await app.StartAsync();
        return new ApiGateway(app);
    }

    /// <summary>A request of one user message, with further fields.</summary>
    public static string Question(string model, bool stream, string fields = "") => $$"""{"model":"{{model}}","max_tokens":4000,"stream":{{(stream ? "true" : "false")}},{{fields}}"messages":[{"role":"user","content":"hi"}]}""";

    /// <summary>Asks; the answer's headers are there when this returns.</summary>
    public Task<HttpResponseMessage> AskAsync(string body, string path = "/v1/messages?beta=true") => Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") },
        HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Asks and reads the whole answer.</summary>
    public async Task<(HttpResponseMessage Response, string Body)> SendAsync(string body, string path = "/v1/messages?beta=true")
    {
        var response = await AskAsync(body, path);
        return (response, await response.Content.ReadAsStringAsync().WaitAsync(Patience));
    }

    /// <summary>Reads lines up to the one that holds these words; all that was read.</summary>
    public static async Task<string> ReadUntilAsync(StreamReader reader, string words)
    {
        var seen = new StringBuilder();
        while (await reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            seen.Append(line).Append('\n');
            if (line.Contains(words, StringComparison.Ordinal)) return seen.ToString();
        }

        throw new InvalidOperationException($"The answer ended without '{words}': {seen}");
    }

    /// <summary>Reads what is left.</summary>
    public static Task<string> ReadRestAsync(StreamReader reader) => reader.ReadToEndAsync().WaitAsync(Patience);

    /// <summary>The events of a stream, without comments.</summary>
    public static List<SseEvent> Events(string stream) => SseEvent.ParseAll(string.Join("\n\n", stream.Split("\n\n").Where(frame => !frame.StartsWith(':'))));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
