using Dragoman.Upstreams.Serving;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// An Ollama server on loopback without a model: endpoints, checks, errors, streaming, context and cache behave like the real ones (as of
/// version 0.32), the words come from an <see cref="OllamaScenario"/>. It records every request and knows which calls are still open.
/// </summary>
public sealed class SimulatedOllama : IAsyncDisposable
{
    private readonly OllamaScenario scenario;
    private readonly ModelStore models;
    private readonly Runners runners = new();
    private readonly ChatEndpoint chat;
    private readonly PullEndpoint pull;
    private readonly RequestLog<RecordedRequest> requests = new();
    private readonly ChangeSignal chatsChanged = new();
    private LoopbackHost? host;
    private int arrivedChats;
    private int openChats;
    private int abortedChats;

    private SimulatedOllama(OllamaScenario scenario)
    {
        this.scenario = scenario;
        models = new ModelStore(scenario.Models);
        chat = new ChatEndpoint(scenario, models, runners);
        pull = new PullEndpoint(scenario, models);
    }

    /// <summary>Where it listens, for example <c>http://127.0.0.1:40001/</c>.</summary>
    public Uri Url => host!.Url;

    /// <summary>Every request so far, in order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests => requests.Snapshot;

    /// <summary>The bodies of all requests to <c>/api/chat</c>, also of those that were refused.</summary>
    public IReadOnlyList<string> ChatRequests =>
        [.. Requests.Where(request => request.Path == "/api/chat").Select(request => request.Body)];

    /// <summary>The chat calls that were admitted, with what Ollama made of them (context, rendered prompt, cache reuse).</summary>
    public IReadOnlyList<ChatCall> Chats => chat.Calls.Snapshot;

    /// <summary>Chat calls whose response is not finished. A client that goes away is noticed at once.</summary>
    public int OpenChats => Volatile.Read(ref openChats);

    /// <summary>Chat calls whose client went away before the response was finished.</summary>
    public int AbortedChats => Volatile.Read(ref abortedChats);

    /// <summary>The part (0 to 1) of the latest admitted prompt that was in the KV cache; 0 before the first call.</summary>
    public double LastPrefixReuse => Chats is [.., var last] ? last.PrefixReuse : 0;

    /// <summary>How often a model was loaded: once, and again whenever a call needs another <c>num_ctx</c>, <c>shift</c> or load option.</summary>
    public int Loads(string model) => models.Find(model) is { } found ? runners.LoadsOf(found) : 0;

    /// <summary>Starts a server.</summary>
    /// <param name="scenario">What is installed and what it answers.</param>
    /// <param name="port">The port on 127.0.0.1; 0 takes a free one.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SimulatedOllama> StartAsync(OllamaScenario scenario, int port = 0)
    {
        var server = new SimulatedOllama(scenario);
        server.host = await LoopbackHost.StartAsync(server.HandleAsync, port);
        return server;
    }

    /// <summary>Completes when at least <paramref name="count"/> chat calls have arrived since the start.</summary>
    public Task WaitForChatsAsync(int count, CancellationToken cancellationToken) =>
        chatsChanged.WaitUntilAsync(() => Volatile.Read(ref arrivedChats) >= count, cancellationToken);

    /// <summary>Completes when exactly <paramref name="count"/> chat calls are open.</summary>
    public Task WaitForOpenChatsAsync(int count, CancellationToken cancellationToken) =>
        chatsChanged.WaitUntilAsync(() => OpenChats == count, cancellationToken);

    /// <summary>Stops at once; open calls are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.DisposeAsync();
        }
    }

    private async Task HandleAsync(HttpContext http)
    {
        try
        {
            var request = await RecordedRequest.ReadAsync(http.Request, http.RequestAborted);
            requests.Add(request);
            if (scenario.Key is { } key && http.Request.Headers.Authorization != $"Bearer {key}")
            {
                await http.Response.AnswerAsync(Refusal.Unauthorized.Status, Refusal.Unauthorized.Body, http.RequestAborted);
            }
            else
            {
                await RouteAsync(http, request);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody left to tell.
        }
    }

    private Task RouteAsync(HttpContext http, RecordedRequest request)
    {
        var method = HttpMethods.IsHead(request.Method) ? HttpMethods.Get : request.Method;
        return (method, http.Request.Path.Value) switch
        {
            ("GET", "/") => http.Response.AnswerAsync(StatusCodes.Status200OK, "Ollama is running", "text/plain; charset=utf-8", http.RequestAborted),
            ("GET", "/api/version") => Json(CatalogEndpoints.Version(scenario.Version)),
            ("GET", "/api/tags") => Json(CatalogEndpoints.Tags(models.All)),
            ("GET", "/api/ps") => Json(CatalogEndpoints.Running(runners.Loaded, scenario.Clock.GetUtcNow(), scenario.VramShare)),
            ("POST", "/api/show") => ShowAsync(http, request),
            ("POST", "/api/chat") => ChatAsync(http, request),
            ("POST", "/api/pull") => pull.HandleAsync(http.Response, request.Body, http.RequestAborted),
            // gin's own words for a route that does not exist, and (HandleMethodNotAllowed is on) for one that has another method.
            (_, "/" or "/api/version" or "/api/tags" or "/api/ps" or "/api/show" or "/api/chat" or "/api/pull") =>
                http.Response.AnswerAsync(StatusCodes.Status405MethodNotAllowed, "405 method not allowed", "text/plain", http.RequestAborted),
            _ => http.Response.AnswerAsync(StatusCodes.Status404NotFound, "404 page not found", "text/plain", http.RequestAborted),
        };

        Task Json(string body) => http.Response.AnswerAsync(StatusCodes.Status200OK, body, http.RequestAborted);
    }

    private Task ShowAsync(HttpContext http, RecordedRequest request)
    {
        if (GoJson.ReadBody(request.Body, out var body) is { } malformed)
        {
            return http.Response.AnswerAsync(StatusCodes.Status400BadRequest, GoJson.Error(malformed), http.RequestAborted);
        }

        var name = body.FindText("model") ?? body.FindText("name") ?? "";
        return models.Find(name) is { } model
            ? http.Response.AnswerAsync(StatusCodes.Status200OK, CatalogEndpoints.Show(model), http.RequestAborted)
            : http.Response.AnswerAsync(StatusCodes.Status404NotFound, Refusal.NotFound(name).Body, http.RequestAborted);
    }

    private async Task ChatAsync(HttpContext http, RecordedRequest request)
    {
        Interlocked.Increment(ref arrivedChats);
        Interlocked.Increment(ref openChats);
        chatsChanged.Changed();
        try
        {
            await chat.HandleAsync(http, request, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref abortedChats);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref openChats);
            chatsChanged.Changed();
        }
    }
}
