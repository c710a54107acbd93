using Dragoman.Messages;
using Dragoman.Recording;
using Dragoman.Telemetry;

namespace Dragoman.Http;

/// <summary>The front door: every path, who may use it, and what happens when something goes wrong behind it.</summary>
internal sealed class DragomanEndpoints(LiveGateway live, IdSource ids, TimeProvider time, SessionLog sessions, Recorder? recorder = null)
{
    // What answers at a path. A request gets its gateway once, at its beginning, so that all of it lives in one configuration.
    private delegate Task Handler(Composition gateway, HttpContext http, Exchange exchange);

    /// <summary>Maps all paths. Matching is by path alone: Claude Code calls <c>/v1/messages?beta=true</c>.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/v1/messages", ["POST"], static (gateway, http, exchange) => gateway.Messages.HandleAsync(http, exchange));
        Map(routes, "/v1/messages/count_tokens", ["POST"], static (gateway, http, exchange) => gateway.CountTokens.HandleAsync(http, exchange));
        Map(routes, "/v1/models", ["GET"], static (gateway, http, exchange) => gateway.Models.ListAsync(http, exchange));
        Map(routes, "/v1/models/{**id}", ["GET"], static (gateway, http, exchange) => gateway.Models.GetAsync(http, exchange));
        // A status line asks after each answer: that is no line of the log.
        Map(routes, "/dragoman/sessions/{id}", ["GET"], (gateway, http, _) => SessionsEndpoint.GetAsync(http, sessions, gateway.Catalog), quiet: true);
        // Claude Code warms its connection with these, and older clients send telemetry; nothing to do for either.
        Map(routes, "/", ["GET", "HEAD"], static (_, http, exchange) => HealthEndpoint.HelloAsync(http, exchange), open: true);
        Map(routes, "/api/hello", ["GET", "HEAD"], static (_, http, exchange) => HealthEndpoint.HelloAsync(http, exchange), open: true);
        Map(routes, "/api/event_logging/batch", ["POST"], static (_, http, exchange) => HealthEndpoint.TelemetryAsync(http, exchange), open: true);
        Map(routes, "/api/version", ["GET"], static (_, http, exchange) => HealthEndpoint.VersionAsync(http, exchange), open: true);
        Map(routes, "/health", ["GET", "HEAD"], static (_, http, exchange) => HealthEndpoint.LiveAsync(http, exchange), open: true);
        Map(routes, "/health/live", ["GET", "HEAD"], static (_, http, exchange) => HealthEndpoint.LiveAsync(http, exchange), open: true);
        Map(routes, "/health/ready", ["GET", "HEAD"], static (gateway, http, exchange) => gateway.Health.ReadyAsync(http, exchange), open: true);
        Map(routes, "/{**path}", [], static (_, http, _) => UnknownPathAsync(http), open: true);
    }

    private void Map(IEndpointRouteBuilder routes, string pattern, string[] methods, Handler handle, bool open = false, bool quiet = false) =>
        routes.Map(pattern, http => HandleAsync(http, methods, handle, open, quiet || open));

    private async Task HandleAsync(HttpContext http, string[] methods, Handler handle, bool open, bool quiet)
    {
        var gateway = live.Current;
        var exchange = new Exchange(ids.Next("req_"), time) { Session = ClientSession.Short(http.Request.Headers[ClientSession.Header]), Sending = gateway.Log.Sending };
        http.Response.Headers["request-id"] = exchange.RequestId;
        ApiError? error = null;
        await using var recorded = RecordedExchange.Begin(quiet ? null : recorder, http, exchange, time);
        try
        {
            if (Cors.Answer(http, gateway.Guard, methods)) return;
            error = CheckMethod(http, methods) ?? gateway.Guard.Check(http, needsKey: !open);
            if (error is null) await handle(gateway, http, exchange);
        }
        catch (InvalidRequestException invalid)
        {
            error = ApiError.From(invalid);
        }
        catch (ApiException refused)
        {
            error = refused.Error;
        }
        catch (Exception gone) when (http.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or IOException or BadHttpRequestException)
        {
            exchange.Error ??= "the client went away";
            exchange.Status = 499;
        }
        catch (BadHttpRequestException bad)
        {
            error = new ApiError(bad.StatusCode, bad.StatusCode == 413 ? "request_too_large" : "invalid_request_error", bad.Message);
        }
        catch (Exception defect)
        {
            gateway.Log.Defect(exchange, defect);
            error = ApiError.Internal(exchange.RequestId);
        }

        if (error is not null) await FailAsync(http, exchange, error);
        if (exchange is { HasAnswer: true, Target: { } target }) exchange.Pricing = gateway.Providers[target.Provider].PricingOf(target);
        if (!quiet || error is not null) gateway.Log.Finished(exchange, http.Request.Path);
        sessions.Add(exchange);
    }

    private static async Task FailAsync(HttpContext http, Exchange exchange, ApiError error)
    {
        exchange.Error = error.Message;
        exchange.Status = error.Status;
        exchange.Upstream = error.Passed?.Head;
        if (http.Response.HasStarted)
        {
            // A defect in the middle of a stream: an aborted connection is the only sign left that the answer isn't whole.
            http.Abort();
            return;
        }

        ReplyHeaders.Write(http, exchange);
        await JsonReply.SendAsync(http, error, exchange.RequestId);
    }

    private static ApiError? CheckMethod(HttpContext http, string[] methods)
    {
        if (methods.Length == 0 || methods.Contains(http.Request.Method, StringComparer.OrdinalIgnoreCase)) return null;
        http.Response.Headers.Allow = string.Join(", ", methods);
        return new ApiError(405, "invalid_request_error", $"{http.Request.Method} is not allowed on {http.Request.Path}; use {string.Join(" or ", methods)}.");
    }

    private static Task UnknownPathAsync(HttpContext http) =>
        throw new ApiException(ApiError.NotFound($"{http.Request.Method} {http.Request.Path}: there is nothing here. This gateway serves /v1/messages, /v1/messages/count_tokens and /v1/models."));
}
