using Dragoman.Upstreams.Gemini.Rules;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Gemini;

/// <summary>Who may come in.</summary>
internal sealed class GeminiCredentials(GeminiScenario scenario, AccessTokens tokens)
{
    private const string GeminiService = "generativelanguage.googleapis.com";
    private const string VertexService = "aiplatform.googleapis.com";
    private const string Expected = "Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";

    /// <summary>Checks the key or the token of a request.</summary>
    /// <exception cref="RequestFault">It is missing or wrong.</exception>
    public void Check(GeminiRoute route, HttpRequest http)
    {
        // The key in the address works as well; it is the client's business to keep it out of logs.
        var key = http.Headers["x-goog-api-key"] is [{ } header] ? header : http.Query["key"] is [{ } query] ? query : null;
        var authorization = http.Headers.Authorization.ToString();
        if (route.Flavour == ApiFlavour.Vertex)
        {
            CheckToken(route, authorization, key);
        }
        else
        {
            CheckKey(route.Flavour, key);
        }
    }

    private void CheckKey(ApiFlavour flavour, string? key)
    {
        var isVertex = flavour.IsVertex();
        if (string.IsNullOrEmpty(key))
        {
            throw new RequestFault(isVertex
                ? Unauthenticated($"Request is missing required authentication credential. {Expected}", "CREDENTIALS_MISSING")
                : new GoogleError(
                    403,
                    "PERMISSION_DENIED",
                    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API."));
        }

        if (key != (isVertex ? scenario.ExpressKey : scenario.ApiKey))
        {
            throw new RequestFault(GoogleError.Invalid("API key not valid. Please pass a valid API key.") with
            {
                Details =
                [
                    GoogleError.Reason("API_KEY_INVALID", isVertex ? VertexService : GeminiService),
                    """{"@type":"type.googleapis.com/google.rpc.LocalizedMessage","locale":"en-US","message":"API key not valid. Please pass a valid API key."}""",
                ],
            });
        }
    }

    private void CheckToken(GeminiRoute route, string authorization, string? key)
    {
        if (!authorization.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            throw new RequestFault(key is null
                ? Unauthenticated($"Request is missing required authentication credential. {Expected}", "CREDENTIALS_MISSING")
                : Unauthenticated(
                    "API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials that assert a principal. See https://cloud.google.com/docs/authentication",
                    "CREDENTIALS_MISSING"));
        }

        switch (tokens.State(authorization["Bearer ".Length..]))
        {
            case TokenState.Expired:
                throw new RequestFault(Unauthenticated($"Request had invalid authentication credentials. {Expected}", "ACCESS_TOKEN_EXPIRED"));
            case TokenState.Unknown:
                throw new RequestFault(Unauthenticated($"Request had invalid authentication credentials. {Expected}", "ACCESS_TOKEN_TYPE_UNSUPPORTED"));
            case TokenState.Valid when route.Project != scenario.Project:
                throw new RequestFault(new GoogleError(
                    403,
                    "PERMISSION_DENIED",
                    $"Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/{route.Resource}' (or it may not exist).")
                {
                    Details = [GoogleError.Reason("IAM_PERMISSION_DENIED", VertexService)],
                });
        }
    }

    private static GoogleError Unauthenticated(string message, string reason) => new(401, "UNAUTHENTICATED", message)
    {
        Details = [GoogleError.Reason(reason, VertexService)],
    };
}
