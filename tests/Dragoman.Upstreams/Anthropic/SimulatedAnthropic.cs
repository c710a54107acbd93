using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Dragoman.Upstreams.Anthropic;

/// <summary>
/// Anthropic's API on loopback: keeps every request byte for byte, refuses what the real one refuses in its words, and answers what a scenario says.
/// </summary>
public sealed class SimulatedAnthropic : IAsyncDisposable
{
    private readonly AnthropicScenario scenario;
    private readonly RequestLog<RecordedRequest> requests = new();
    private readonly RequestLog<string> refusals = new();
    private readonly ChangeSignal changed = new();
    private readonly IssuedNotes issued = new();
    private LoopbackHost host = null!;
    private int answered;
    private int counted;
    private int abandoned;

    private SimulatedAnthropic(AnthropicScenario scenario) => this.scenario = scenario;

    /// <summary>The server's address.</summary>
    public Uri Url => host.Url;

    /// <summary>All requests, in the order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests => requests.Snapshot;

    /// <summary>Requests for messages.</summary>
    public IReadOnlyList<RecordedRequest> Asked => [.. Requests.Where(request => request.Path.Split('?')[0] == "/v1/messages")];

    /// <summary>Why requests were refused by the API's rules; refusals of the scenario are not among them.</summary>
    public IReadOnlyList<string> Refusals => refusals.Snapshot;

    /// <summary>Starts it.</summary>
    public static async Task<SimulatedAnthropic> StartAsync(AnthropicScenario scenario, int port = 0)
    {
        var server = new SimulatedAnthropic(scenario);
        server.host = await LoopbackHost.StartAsync(server.HandleAsync, port);
        return server;
    }

    /// <summary>Completes when a request has come.</summary>
    public Task WaitForRequestAsync(CancellationToken cancellationToken) => changed.WaitUntilAsync(() => Requests.Count > 0, cancellationToken);

    /// <summary>Completes when a client has left before its answer was whole.</summary>
    public Task WaitForAbandonedAsync(CancellationToken cancellationToken) => changed.WaitUntilAsync(() => Volatile.Read(ref abandoned) > 0, cancellationToken);

    private async Task HandleAsync(HttpContext http)
    {
        var request = await RecordedRequest.ReadAsync(http.Request, http.RequestAborted);
        requests.Add(request);
        changed.Changed();
        try
        {
            await SendAsync(http, Answer(request));
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref abandoned);
            changed.Changed();
        }
    }

    private AnthropicReply Answer(RecordedRequest request)
    {
        if (RequestCheck.Key(request, scenario.Key) is { } locked) return locked;
        switch (request.Path.Split('?')[0])
        {
            case "/v1/models" when scenario.Models is { } models: return models(request);
            case var path when path.StartsWith("/v1/models/", StringComparison.Ordinal) && scenario.Model is { } model: return model(path["/v1/models/".Length..]);
            case "/v1/messages": return Checked(request, scenario.Reply, ref answered);
            case "/v1/messages/count_tokens" when scenario.Count is { } count: return Checked(request, count, ref counted);
            default: return AnthropicReply.Json("404 page not found", 404) with { ContentType = "text/plain" };
        }
    }

    private AnthropicReply Checked(RecordedRequest request, Func<AnthropicCall, AnthropicReply> answer, ref int number)
    {
        JsonElement body;
        try
        {
            body = JsonDocument.Parse(request.Body).RootElement;
        }
        catch (JsonException broken)
        {
            return AnthropicReply.Error(400, "invalid_request_error", $"The request body is not valid JSON: {broken.Message}");
        }

        if (scenario.IsStrict && RequestCheck.Body(request, body, issued) is { } refused)
        {
            refusals.Add(Encoding.UTF8.GetString(refused.Body.Span));
            return refused;
        }

        var reply = answer(new AnthropicCall(Interlocked.Increment(ref number) - 1, request, body));
        issued.Gather(reply.Body.Span);
        return reply;
    }

    private async Task SendAsync(HttpContext http, AnthropicReply reply)
    {
        var aborted = http.RequestAborted;
        await reply.BeforeHeaders.WaitAsync(aborted);
        http.Response.StatusCode = reply.Status;
        http.Response.ContentType = reply.ContentType;
        http.Response.Headers["request-id"] = "req_011Sim";
        foreach (var (name, value) in reply.Headers) http.Response.Headers[name] = value;
        var end = Math.Min(reply.Body.Length, reply.BreakAfter ?? reply.Body.Length);
        await WriteAsync(http, reply.Body[..Math.Min(reply.PauseAt, end)]);
        await reply.Pause.WaitAsync(aborted);
        await Task.Delay(reply.Silence, aborted);
        await WriteAsync(http, reply.Body[Math.Min(reply.PauseAt, end)..end]);
        if (reply.BreakAfter is not null) http.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
        await reply.AfterBody.WaitAsync(aborted);
    }

    private async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> bytes)
    {
        var random = scenario.SplitSeed is { } seed ? new Random(seed) : null;
        while (!bytes.IsEmpty)
        {
            const int longest = 40;
            var piece = random is null ? bytes : bytes[..Math.Min(bytes.Length, random.Next(1, longest))];
            await http.Response.Body.WriteAsync(piece, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            bytes = bytes[piece.Length..];
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => host.DisposeAsync();
}
