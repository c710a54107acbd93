using Dragoman.Upstreams.Serving;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>
/// An OpenAI-compatible server on loopback without a model: <c>/v1/chat/completions</c>, <c>/v1/responses</c>, <c>/v1/models</c> and what some servers have beside
/// them. The words of the answers come from an <see cref="OpenAiScenario"/>. It records every request and knows which calls are still open.
/// </summary>
public sealed class SimulatedOpenAi : IAsyncDisposable
{
    private readonly OpenAiScenario scenario;
    private readonly OpenAiAdmission admission;
    private readonly RequestLog<RecordedRequest> requests = new();
    private readonly RequestLog<OpenAiCall> calls = new();
    private readonly RequestLog<string> refusals = new();
    private readonly ChangeSignal changed = new();
    private LoopbackHost? host;
    private int arrived;
    private int open;
    private int aborted;

    private SimulatedOpenAi(OpenAiScenario scenario)
    {
        this.scenario = scenario;
        admission = new OpenAiAdmission(scenario);
    }

    /// <summary>The API's address, for example <c>http://127.0.0.1:40001/v1</c>.</summary>
    public Uri Url => new(host!.Url, "v1");

    /// <summary>Every request so far, in order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests => requests.Snapshot;

    /// <summary>The calls that were admitted.</summary>
    public IReadOnlyList<OpenAiCall> Calls => calls.Snapshot;

    /// <summary>Why requests were refused: rules that the client broke, and missing credentials. Errors of the scenario are not among them.</summary>
    public IReadOnlyList<string> Refusals => refusals.Snapshot;

    /// <summary>Calls whose response is not finished. A client that goes away is noticed at once.</summary>
    public int OpenCalls => Volatile.Read(ref open);

    /// <summary>Calls whose client went away before the response was finished.</summary>
    public int AbortedCalls => Volatile.Read(ref aborted);

    /// <summary>Starts a server.</summary>
    /// <param name="scenario">What it has and what it answers.</param>
    /// <param name="port">The port on 127.0.0.1; 0 takes a free one.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SimulatedOpenAi> StartAsync(OpenAiScenario scenario, int port = 0)
    {
        var server = new SimulatedOpenAi(scenario);
        server.host = await LoopbackHost.StartAsync(server.HandleAsync, port);
        return server;
    }

    /// <summary>Completes when at least <paramref name="count"/> calls for answers have arrived since the start.</summary>
    public Task WaitForCallsAsync(int count, CancellationToken cancellationToken) => changed.WaitUntilAsync(() => Volatile.Read(ref arrived) >= count, cancellationToken);

    /// <summary>Completes when exactly <paramref name="count"/> calls are open.</summary>
    public Task WaitForOpenCallsAsync(int count, CancellationToken cancellationToken) => changed.WaitUntilAsync(() => OpenCalls == count, cancellationToken);

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
            await AnswerAsync(http, request);
        }
        catch (OpenAiFault fault)
        {
            refusals.Add(fault.Message);
            await http.Response.AnswerAsync(fault.Status, fault.Body, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody left to tell.
        }
    }

    private Task AnswerAsync(HttpContext http, RecordedRequest request)
    {
        var path = http.Request.Path.Value!;
        // llama.cpp's list is there for everybody.
        var isPublic = scenario.Kind == ServerKind.LlamaCpp && path == "/v1/models";
        if (!isPublic && scenario.Key is { } key && request.Headers.GetValueOrDefault("authorization") != $"Bearer {key}")
        {
            throw new OpenAiFault(401, "Incorrect API key provided: sk-wrong. You can find your API key at https://platform.openai.com/account/api-keys.", "invalid_api_key");
        }

        if (request.Method == "POST" && path is "/v1/chat/completions" or "/v1/responses")
        {
            return GenerateAsync(http, request, isResponses: path == "/v1/responses");
        }

        var answer = request.Method == "POST" ? OpenAiCatalog.Post(scenario, path, request.Body) : OpenAiCatalog.Get(scenario, path);
        return answer is null ? http.Response.AnswerAsync(404, """{"detail":"Not Found"}""", http.RequestAborted) : http.Response.AnswerAsync(200, answer, http.RequestAborted);
    }

    private async Task GenerateAsync(HttpContext http, RecordedRequest request, bool isResponses)
    {
        Interlocked.Increment(ref arrived);
        Interlocked.Increment(ref open);
        changed.Changed();
        try
        {
            var call = admission.Admit(request.Body, isResponses);
            calls.Add(call);
            IOpenAiOutput output = isResponses ? new ResponsesOutput(http.Response, call, scenario) : new ChatOutput(http.Response, call, scenario);
            await new OpenAiPlayer(call, output, http, scenario).PlayAsync(scenario.Reply(call), http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref aborted);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref open);
            changed.Changed();
        }
    }
}
