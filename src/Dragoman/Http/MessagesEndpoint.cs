using Dragoman.Delivery;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Routing;
using Dragoman.Telemetry;
using Dragoman.Tokens;
using Dragoman.Tools;

namespace Dragoman.Http;

/// <summary><c>POST /v1/messages</c>: body -> request -> targets -> events -> answer.</summary>
internal sealed class MessagesEndpoint(
    DragomanOptions options, Router router, ProviderSet providers, Attempts attempts, TokenEstimator tokens, IdSource ids, RequestLog log, TimeProvider time)
{
    /// <summary>Handles one request.</summary>
    public async Task HandleAsync(HttpContext http, Exchange exchange)
    {
        using var body = await RequestBody.ReadAsync(http);
        var request = MessagesParser.ParseForAnyone(body.Bytes) with { Client = ClientHeadReader.Read(http) };
        exchange.ClientModel = request.Model;
        exchange.Session ??= request.Session.ShortId;
        exchange.Stream = request.Stream;
        var route = await router.RouteAsync(request, http.RequestAborted);
        var targets = route.Targets;
        exchange.Target = targets[0];
        (exchange.RouteReason, exchange.RoutedByRole) = (route.Reason, route.Role is not null);
        // Where the request is passed on, the upstream does what the client wants done to its context.
        if (!targets.All(target => providers[target.Provider] is IPassThrough)) (request, exchange.AppliedEdits) = ContextEditing.Apply(request, counted => tokens.Correct(counted, targets[0].ToString()));
        log.Accepted(exchange, request);
        await AnswerAsync(http, exchange, request, targets);
        if (exchange is { Finish: { } finish, Opened: { } opened }) tokens.Observe(exchange.Target.ToString(), opened.Prompt.Counted, finish.Usage.InputTokens + finish.Usage.CacheReadTokens);
    }

    private async Task AnswerAsync(HttpContext http, Exchange exchange, MessagesRequest request, IReadOnlyList<Target> targets)
    {
        var settings = new ReplySettings(request, options, ids, tokens);
        using var work = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var stream = attempts.StreamAsync(request, targets, ClaudeCode.Caller(request), exchange, work.Token);
        await using var events = new EventCursor(stream.GetAsyncEnumerator(work.Token), work);
        if (request.Stream) await new StreamingReply(http, exchange, settings, time, log).SendAsync(events);
        else await new WholeReply(http, exchange, settings).SendAsync(events);
    }
}
