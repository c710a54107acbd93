using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Tests.Providers.Overrides;

/// <summary>A request for an answer as it arrived.</summary>
internal sealed record Arrived(string Key, IReadOnlyDictionary<string, string> Headers, JsonElement Body);

/// <summary>
/// The real gateway in front of a server that speaks each provider's API just well enough: it answers every request with the word "fine" and notes what arrived.
/// The provider is called <c>up</c>.
/// </summary>
internal sealed class AnyUpstream : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly StringWriter _log = new();
    private WebApplication _gateway = null!;
    private int _leftInSilence;

    private AnyUpstream(Func<Arrived, (int Status, string? RetryAfter)> judge)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.Run(http => AnswerAsync(http, judge));
    }

    /// <summary>Talks to the gateway.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Requests for answers, in order.</summary>
    public ConcurrentQueue<Arrived> Requests { get; } = [];

    /// <summary>What a request is answered with instead of the usual; null: the usual.</summary>
    public Func<Arrived, (string Type, string Body)?>? Instead { get; set; }

    /// <summary>Answers begin, and then nothing comes.</summary>
    public bool FallsSilent { get; set; }

    /// <summary>How many connections were closed while the upstream was silent.</summary>
    public int LeftInSilence => _leftInSilence;

    /// <summary>What the gateway has logged.</summary>
    public string Log => _log.ToString();

    /// <summary>Starts both.</summary>
    /// <param name="type">The provider's type.</param>
    /// <param name="settings">Further settings of its section.</param>
    /// <param name="judge">The status of each answer.</param>
    /// <param name="configure">Sets the rest of the configuration.</param>
    public static async Task<AnyUpstream> StartAsync(string type, string settings, Func<Arrived, (int Status, string? RetryAfter)>? judge = null, Action<DragomanOptions>? configure = null)
    {
        var world = new AnyUpstream(judge ?? (_ => (200, null)));
        await world._server.StartAsync();
        world._gateway = ServeCommand.Build(world.Options(type, settings, configure), TextWriter.Synchronized(world._log));
        await world._gateway.StartAsync();
        world.Client = new HttpClient { BaseAddress = new Uri(world._gateway.Urls.First()), Timeout = TimeSpan.FromSeconds(30) };
        return world;
    }

    /// <summary>Puts another configuration to work.</summary>
    public void Exchange(string type, string settings, Action<DragomanOptions>? configure = null) =>
        _gateway.Services.GetRequiredService<LiveGateway>().Exchange(Options(type, settings, configure));

    /// <summary>Asks; the whole answer.</summary>
    public async Task<(HttpResponseMessage Response, string Body)> AskAsync(string fields = "", string? session = null, string model = "up/m1", CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
        {
            Content = new StringContent($$"""{"model":"{{model}}","max_tokens":64,{{fields}}"messages":[{"role":"user","content":"hi"}]}""", Encoding.UTF8, "application/json"),
        };
        if (session is not null) request.Headers.Add("x-claude-code-session-id", session);
        var response = await Client.SendAsync(request, cancellationToken);
        return (response, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    private DragomanOptions Options(string type, string settings, Action<DragomanOptions>? configure)
    {
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true };
        options.Providers["up"] = JsonDocument.Parse($$"""{"type":"{{type}}","url":"{{_server.Urls.First()}}"{{(settings.Length > 0 ? "," : "")}}{{settings}}}""").RootElement;
        configure?.Invoke(options);
        return options;
    }

    private async Task FallSilentAsync(HttpContext http, string type)
    {
        http.Response.ContentType = type;
        await http.Response.StartAsync();
        await http.Response.Body.FlushAsync();
        var left = new TaskCompletionSource();
        await using (http.RequestAborted.Register(left.SetResult)) await left.Task;
        Interlocked.Increment(ref _leftInSilence);
    }

    private async Task AnswerAsync(HttpContext http, Func<Arrived, (int Status, string? RetryAfter)> judge)
    {
        var path = http.Request.Path.Value!;
        var answer = Answers.FirstOrDefault(known => path.EndsWith(known.Path, StringComparison.Ordinal));
        if (answer.Body is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (answer.IsAnswer)
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body);
            var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            var key = headers.GetValueOrDefault("x-api-key") ?? headers.GetValueOrDefault("x-goog-api-key") ?? headers.GetValueOrDefault("authorization", "").Replace("Bearer ", "", StringComparison.Ordinal);
            var arrived = new Arrived(key, headers, body.RootElement.Clone());
            Requests.Enqueue(arrived);
            if (FallsSilent)
            {
                await FallSilentAsync(http, answer.Type);
                return;
            }

            if (Instead?.Invoke(arrived) is var (type, text))
            {
                http.Response.ContentType = type;
                await http.Response.WriteAsync(text);
                return;
            }

            var (status, wait) = judge(arrived);
            if (wait is not null) http.Response.Headers.RetryAfter = wait;
            http.Response.StatusCode = status;
            if (status != StatusCodes.Status200OK)
            {
                await http.Response.WriteAsync("""{"error":"no"}""");
                return;
            }
        }

        http.Response.ContentType = answer.Type;
        await http.Response.WriteAsync(answer.Body);
    }

    private static (string Path, bool IsAnswer, string Type, string Body)[] Answers { get; } =
    [
        ("/api/show", false, "application/json", """{"capabilities":["completion","tools"],"model_info":{}}"""),
        ("/api/chat", true, "application/x-ndjson", """{"model":"m1","message":{"role":"assistant","content":"fine"},"done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":1}""" + "\n"),
        ("/v1/models", false, "application/json", """{"data":[{"id":"m1","object":"model"}]}"""),
        ("/v1/chat/completions", true, "text/event-stream", "data: " + """{"choices":[{"index":0,"delta":{"content":"fine"},"finish_reason":"stop"}]}""" + "\n\ndata: [DONE]\n\n"),
        ("/v1/responses", true, "text/event-stream", "data: " + """{"type":"response.completed","response":{"status":"completed"}}""" + "\n\n"),
        ("/v1beta/models", false, "application/json", """{"models":[{"name":"models/m1","supportedGenerationMethods":["generateContent"]}]}"""),
        (":streamGenerateContent", true, "text/event-stream", "data: " + """{"candidates":[{"content":{"role":"model","parts":[{"text":"fine"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":1}}""" + "\n\n"),
        ("/v1/messages/count_tokens", true, "application/json", """{"input_tokens":7}"""),
        ("/v1/messages", true, "application/json", """{"id":"msg_1","type":"message","role":"assistant","model":"m1","content":[{"type":"text","text":"fine"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":1}}"""),
    ];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _gateway.DisposeAsync();
        await _server.DisposeAsync();
        await _log.DisposeAsync();
    }
}
