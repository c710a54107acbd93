using System.Globalization;
using Dragoman.Upstreams.Gemini.Rules;
using Dragoman.Upstreams.Serving;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Gemini;

/// <summary>
/// Gemini on loopback without a model, through all three doors (<see cref="ApiFlavour"/>; the path tells which): it enforces the rules of the API with
/// Google's words, the words of the answers come from a <see cref="GeminiScenario"/>. It also gives out the access tokens that Vertex AI wants.
/// It records every request and knows which calls are still open.
/// </summary>
public sealed class SimulatedGemini : IAsyncDisposable
{
    private readonly GeminiScenario scenario;
    private readonly GeminiAdmission admission;
    private readonly GeminiCredentials credentials;
    private readonly AccessTokens tokens;
    private readonly TokenEndpoint tokenEndpoint;
    private readonly RequestLog<RecordedRequest> requests = new();
    private readonly RequestLog<GeminiCall> calls = new();
    private readonly RequestLog<GoogleError> refusals = new();
    private readonly ChangeSignal changed = new();
    private LoopbackHost? host;
    private int arrived;
    private int open;
    private int aborted;
    private int callIds;

    private SimulatedGemini(GeminiScenario scenario)
    {
        this.scenario = scenario;
        admission = new GeminiAdmission(scenario);
        tokens = new AccessTokens(scenario.Clock, scenario.TokenLifetime);
        credentials = new GeminiCredentials(scenario, tokens);
        tokenEndpoint = new TokenEndpoint(scenario, tokens);
    }

    /// <summary>Where it listens, for example <c>http://127.0.0.1:40001/</c>.</summary>
    public Uri Url => host!.Url;

    /// <summary>Where it gives out access tokens.</summary>
    public Uri TokenUrl => new(Url, "token");

    /// <summary>Every request so far, in order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests => requests.Snapshot;

    /// <summary>The bodies of all requests to generate, also of those that were refused.</summary>
    public IReadOnlyList<string> GenerateRequests =>
        [.. Requests.Where(request => request.Path.Contains(":generateContent", StringComparison.Ordinal) || request.Path.Contains(":streamGenerateContent", StringComparison.Ordinal)).Select(request => request.Body)];

    /// <summary>The calls that were admitted.</summary>
    public IReadOnlyList<GeminiCall> Calls => calls.Snapshot;

    /// <summary>Why requests were refused: rules that the client broke, and missing credentials. Errors of the scenario are not among them.</summary>
    public IReadOnlyList<GoogleError> Refusals => refusals.Snapshot;

    /// <summary>Calls whose response is not finished. A client that goes away is noticed at once.</summary>
    public int OpenCalls => Volatile.Read(ref open);

    /// <summary>Calls whose client went away before the response was finished.</summary>
    public int AbortedCalls => Volatile.Read(ref aborted);

    /// <summary>How many access tokens were given out.</summary>
    public int IssuedTokens => tokens.Count;

    /// <summary>Starts a server.</summary>
    /// <param name="scenario">What it has and what it answers.</param>
    /// <param name="port">The port on 127.0.0.1; 0 takes a free one.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SimulatedGemini> StartAsync(GeminiScenario scenario, int port = 0)
    {
        var server = new SimulatedGemini(scenario);
        server.host = await LoopbackHost.StartAsync(server.HandleAsync, port);
        return server;
    }

    /// <summary>A new access token, as <c>gcloud auth print-access-token</c> would print it.</summary>
    public string NewAccessToken() => tokens.Issue();

    /// <summary>Makes all access tokens worthless before they expire.</summary>
    public void RevokeTokens() => tokens.Revoke();

    /// <summary>Completes when at least <paramref name="count"/> calls to generate have arrived since the start.</summary>
    public Task WaitForCallsAsync(int count, CancellationToken cancellationToken) =>
        changed.WaitUntilAsync(() => Volatile.Read(ref arrived) >= count, cancellationToken);

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
            if (!await tokenEndpoint.TryAnswerAsync(http, request, Url, http.RequestAborted))
            {
                await AnswerAsync(http, request);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody left to tell.
        }
    }

    private async Task AnswerAsync(HttpContext http, RecordedRequest request)
    {
        if (GeminiRoute.Of(http.Request.Path.Value!) is not { } route)
        {
            await http.Response.AnswerNotFoundAsync(http.RequestAborted);
            return;
        }

        try
        {
            credentials.Check(route, http.Request);
            await RouteAsync(http, route, request);
        }
        catch (RequestFault fault)
        {
            refusals.Add(fault.Error);
            await http.Response.AnswerAsync(fault.Error, route.Streams && scenario.WrapsErrors, http.RequestAborted);
        }
    }

    private Task RouteAsync(HttpContext http, GeminiRoute route, RecordedRequest request) => (request.Method, route.Method) switch
    {
        ("POST", "generateContent" or "streamGenerateContent") => GenerateAsync(http, route, request),
        ("POST", "countTokens") => CountAsync(http, route, request),
        ("GET", "") when scenario.SideError is { } error => http.Response.AnswerAsync(error, inArray: false, http.RequestAborted),
        ("GET", "") when route.Model.Length == 0 =>
            http.Response.AnswerAsync(GeminiCatalog.Page(scenario.Models, http.Request.Query["pageSize"], http.Request.Query["pageToken"]), http.RequestAborted),
        ("GET", "") when scenario.Models.FirstOrDefault(model => model.Name == route.Model) is { } model =>
            http.Response.AnswerAsync(GeminiCatalog.Of(model), http.RequestAborted),
        ("GET", "") => throw new RequestFault(new GoogleError(404, "NOT_FOUND", $"Model is not found: {route.Resource} for api version {route.Version}")),
        _ => http.Response.AnswerNotFoundAsync(http.RequestAborted),
    };

    private async Task CountAsync(HttpContext http, GeminiRoute route, RecordedRequest request)
    {
        if (scenario.CountGate is { } gate)
        {
            await gate.WaitAsync(http.RequestAborted);
        }

        if (scenario.SideError is { } error)
        {
            await http.Response.AnswerAsync(error, inArray: false, http.RequestAborted);
            return;
        }

        await http.Response.AnswerAsync(GeminiCatalog.Count(admission.Count(route, request.Body)), http.RequestAborted);
    }

    private async Task GenerateAsync(HttpContext http, GeminiRoute route, RecordedRequest request)
    {
        Interlocked.Increment(ref arrived);
        Interlocked.Increment(ref open);
        changed.Changed();
        try
        {
            var call = admission.Admit(route, request.Body, http.Request.Query["alt"] == "sse");
            calls.Add(call);
            var player = new GeminiPlayer(call, GeminiOutput.Of(http.Response, call, scenario), http, scenario, admission.Signatures, NewCallId);
            await player.PlayAsync(scenario.Reply(call), http.RequestAborted);
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

    // Eight letters and digits, as Google's; here they count, so that runs are alike.
    private string NewCallId() => (Interlocked.Increment(ref callIds) + 0xA000_0000L).ToString("x8", CultureInfo.InvariantCulture);
}
