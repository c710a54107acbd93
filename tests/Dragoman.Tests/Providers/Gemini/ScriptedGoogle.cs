using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Providers;
using Dragoman.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Tests.Providers.Gemini;

/// <summary>A request that Google got.</summary>
internal sealed record GoogleRequest(string Method, string Url, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}

/// <summary>What Google answers.</summary>
internal sealed record GoogleReply(string Body, int Status = 200, string ContentType = "application/json")
{
    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What is waited for before the answer begins.</summary>
    public Task Before { get; init; } = Task.CompletedTask;

    /// <summary>Server-sent events, as <c>alt=sse</c> gives them.</summary>
    public static GoogleReply Sse(params string[] chunks) => new(string.Concat(chunks.Select(chunk => $"data: {chunk}\r\n\r\n")), ContentType: "text/event-stream");

    /// <summary>An answer of one text.</summary>
    public static GoogleReply Text(string text, string fields = "") =>
        Sse($$$"""{"candidates":[{"content":{"role":"model","parts":[{"text":{{{JsonSerializer.Serialize(text)}}}}]},"finishReason":"STOP"{{{fields}}}}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":3}}""");

    /// <summary>A refusal in Google's form.</summary>
    public static GoogleReply Error(int status, string name, string message, string details = "[]") =>
        new($$$"""{"error":{"code":{{{status}}},"message":{{{JsonSerializer.Serialize(message)}}},"status":"{{{name}}}","details":{{{details}}}}}""", status);
}

/// <summary>A server on loopback that answers what a test tells it: Google's APIs, its token endpoint and its metadata server, as far as a test needs them.</summary>
internal sealed class ScriptedGoogle : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedGoogle(WebApplication app) => _app = app;

    /// <summary>All requests, in their order.</summary>
    public ConcurrentQueue<GoogleRequest> Requests { get; } = new();

    /// <summary>The server's address.</summary>
    public string Url => _app.Urls.First();

    /// <summary>Starts it; <paramref name="answer"/> gets each request.</summary>
    public static async Task<ScriptedGoogle> StartAsync(Func<GoogleRequest, GoogleReply> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        var google = new ScriptedGoogle(app);
        app.Run(http => google.AnswerAsync(http, answer));
        await app.StartAsync();
        return google;
    }

    private async Task AnswerAsync(HttpContext http, Func<GoogleRequest, GoogleReply> answer)
    {
        using var reader = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new GoogleRequest(http.Request.Method, $"{http.Request.Path}{http.Request.QueryString}", headers, await reader.ReadToEndAsync());
        Requests.Enqueue(request);
        var reply = answer(request);
        await reply.Before.WaitAsync(http.RequestAborted);
        http.Response.StatusCode = reply.Status;
        http.Response.ContentType = reply.ContentType;
        foreach (var (name, value) in reply.Headers) http.Response.Headers[name] = value;
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(reply.Body), http.RequestAborted);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>The real gateway on a real port in front of a scripted Google.</summary>
internal sealed class GeminiGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GeminiGateway(ScriptedGoogle google, WebApplication app)
    {
        (Google, _app) = (google, app);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The upstream.</summary>
    public ScriptedGoogle Google { get; }

    /// <summary>Talks to the gateway.</summary>
    public HttpClient Client { get; }

    /// <summary>The gateway's providers.</summary>
    public ProviderSet Providers => _app.Services.GetRequiredService<ProviderSet>();

    /// <summary>Requests for answers that Google got.</summary>
    public IReadOnlyList<GoogleRequest> Asked => [.. Google.Requests.Where(request => request.Url.Contains(":streamGenerateContent", StringComparison.Ordinal))];

    /// <summary>Starts both; every request for an answer gets the next of <paramref name="replies"/>, the last again and again.</summary>
    public static Task<GeminiGateway> StartAsync(params GoogleReply[] replies)
    {
        var next = -1;
        return StartAsync(request => request.Url.Contains(":streamGenerateContent", StringComparison.Ordinal) ? replies[Math.Min(Interlocked.Increment(ref next), replies.Length - 1)] : GoogleReply.Error(404, "NOT_FOUND", "nothing here"));
    }

    /// <summary>Starts both.</summary>
    public static async Task<GeminiGateway> StartAsync(Func<GoogleRequest, GoogleReply> answer, string settings = "", Action<DragomanOptions>? configure = null)
    {
        var google = await ScriptedGoogle.StartAsync(answer);
        // A test that says nothing of repeats sees each failure once, and at once.
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true, Retries = { Attempts = 1 } };
        options.Providers["gemini"] = JsonDocument.Parse($$"""{"url":"{{google.Url}}","apiKey":"AIza-test"{{settings}}}""").RootElement;
        configure?.Invoke(options);
        var app = ServeCommand.Build(options, TextWriter.Null);
        await app.StartAsync();
        return new GeminiGateway(google, app);
    }

    /// <summary>Asks for a stream and reads all of it.</summary>
    public async Task<List<SseEvent>> StreamAsync(string fields = "", string content = "hi", string model = "gemini/gemini-2.5-pro")
    {
        using var response = await SendAsync(stream: true, fields, content, model);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return SseEvent.ParseAll(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asks and reads a whole answer, good or bad.</summary>
    public async Task<(HttpResponseMessage Response, JsonElement Body)> AskAsync(string fields = "", string content = "hi", string model = "gemini/gemini-2.5-pro")
    {
        var response = await SendAsync(stream: false, fields, content, model);
        return (response, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    private Task<HttpResponseMessage> SendAsync(bool stream, string fields, string content, string model)
    {
        var body = $$"""{"model":"{{model}}","max_tokens":1000,"stream":{{(stream ? "true" : "false")}},{{fields}}"messages":[{"role":"user","content":"{{content}}"}]}""";
        return Client.PostAsync("/v1/messages", new StringContent(body, Encoding.UTF8, "application/json"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Google.DisposeAsync();
    }
}
