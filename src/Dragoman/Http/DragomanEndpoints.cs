using Dragoman.Messages;
using Dragoman.Telemetry;

namespace Dragoman.Http;

/// <summary>The front door: every path, who may use it, and what happens when something goes wrong behind it.</summary>
internal sealed class DragomanEndpoints(
    ClientGuard guard, IdSource ids, TimeProvider time, RequestLog log,
    MessagesEndpoint messages, CountTokensEndpoint countTokens, ModelsEndpoint models, HealthEndpoint health)
{
    /// <summary>Maps all paths. Matching is by path alone: Claude Code calls <c>/v1/messages?beta=true</c>.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/v1/messages", ["POST"], messages.HandleAsync);
        Map(routes, "/v1/messages/count_tokens", ["POST"], countTokens.HandleAsync);
        Map(routes, "/v1/models", ["GET"], models.ListAsync);
        Map(routes, "/v1/models/{**id}", ["GET"], models.GetAsync);
        // Claude Code warms its connection with these, and older clients send telemetry; nothing to do for either.
        Map(routes, "/", ["GET", "HEAD"], HealthEndpoint.HelloAsync, open: true);
        Map(routes, "/api/hello", ["GET", "HEAD"], HealthEndpoint.HelloAsync, open: true);
        Map(routes, "/api/event_logging/batch", ["POST"], HealthEndpoint.TelemetryAsync, open: true);
        Map(routes, "/api/version", ["GET"], HealthEndpoint.VersionAsync, open: true);
        Map(routes, "/health", ["GET", "HEAD"], HealthEndpoint.LiveAsync, open: true);
        Map(routes, "/health/live", ["GET", "HEAD"], HealthEndpoint.LiveAsync, open: true);
        Map(routes, "/health/ready", ["GET", "HEAD"], health.ReadyAsync, open: true);
        Map(routes, "/{**path}", [], UnknownPathAsync, open: true);
    }

    private void Map(IEndpointRouteBuilder routes, string pattern, string[] methods, Func<HttpContext, Exchange, Task> handle, bool open = false) =>
        routes.Map(pattern, http => HandleAsync(http, methods, handle, open));

    private async Task HandleAsync(HttpContext http, string[] methods, Func<HttpContext, Exchange, Task> handle, bool open)
    {
        var exchange = new Exchange(ids.Next("req_"), time) { Session = Session(http), Sending = log.Sending };
        http.Response.Headers["request-id"] = exchange.RequestId;
        ApiError? error = null;
        try
        {
            if (Cors.Answer(http, guard, methods)) return;
            error = CheckMethod(http, methods) ?? guard.Check(http, needsKey: !open);
            if (error is null) await handle(http, exchange);
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
            log.Defect(exchange, defect);
            error = ApiError.Internal(exchange.RequestId);
        }

        if (error is not null) await FailAsync(http, exchange, error);
        if (!open || error is not null) log.Finished(exchange, http.Request.Path);
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

    private static Task UnknownPathAsync(HttpContext http, Exchange exchange) =>
        throw new ApiException(ApiError.NotFound($"{http.Request.Method} {http.Request.Path}: there is nothing here. This gateway serves /v1/messages, /v1/messages/count_tokens and /v1/models."));

    private static string? Session(HttpContext http)
    {
        const int shownCharacters = 8;
        string? session = http.Request.Headers["X-Claude-Code-Session-Id"];
        return session is { Length: > shownCharacters } ? session[..shownCharacters] : session;
    }
}
