using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Routing;
using Dragoman.Telemetry;
using Dragoman.Tokens;
using Dragoman.Tools;

namespace Dragoman.Http;

/// <summary><c>POST /v1/messages/count_tokens</c>: the upstream's own count where it has one, else an estimate.</summary>
internal sealed class CountTokensEndpoint(Router router, ProviderSet providers, TokenEstimator tokens)
{
    /// <summary>Handles one request.</summary>
    public async Task HandleAsync(HttpContext http, Exchange exchange)
    {
        using var body = await RequestBody.ReadAsync(http);
        var request = MessagesParser.ParseForAnyone(body.Bytes, counting: true) with { Client = ClientHeadReader.Read(http) };
        exchange.ClientModel = request.Model;
        exchange.Session ??= request.Session.ShortId;
        var route = await router.RouteAsync(request, http.RequestAborted);
        var target = route.Targets[0];
        exchange.Target = target;
        (exchange.RouteReason, exchange.RoutedByRole) = (route.Reason, route.Role is not null);
        if (await PassAsync(http, exchange, request, target)) return;
        if (request.Fault is { } fault) throw fault;
        var original = tokens.Estimate(request, target.ToString()).Tokens;
        var (edited, applied) = ContextEditing.Apply(request, counted => tokens.Correct(counted, target.ToString()));
        var count = await providers[target.Provider].CountTokensAsync(edited, target, http.RequestAborted)
            ?? (applied.Count == 0 ? original : tokens.Estimate(edited, target.ToString()).Tokens);
        exchange.CountedTokens = count;
        ReplyHeaders.Write(http, exchange);
        await JsonReply.SendAsync(http, 200, json =>
        {
            json.WriteNumber("input_tokens"u8, count);
            if (request.ContextEdits.Count == 0) return;
            json.WriteStartObject("context_management"u8);
            json.WriteNumber("original_input_tokens"u8, original);
            json.WriteEndObject();
        });
    }

    // False: the upstream doesn't speak this language, or doesn't count.
    private async Task<bool> PassAsync(HttpContext http, Exchange exchange, MessagesRequest request, Target target)
    {
        if (providers[target.Provider] is not IPassThrough passing) return false;
        try
        {
            if (await passing.CountAsync(request, target, http.RequestAborted) is not { } answer) return false;
            exchange.Upstream = answer.Head;
            ReplyHeaders.Write(http, exchange);
            await JsonReply.PassAsync(http, StatusCodes.Status200OK, answer.Body);
            return true;
        }
        catch (UpstreamException refused)
        {
            throw new ApiException(ApiError.From(refused.Error));
        }
    }
}
