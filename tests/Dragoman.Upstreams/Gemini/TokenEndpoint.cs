using System.Globalization;
using System.Text.Json;
using Dragoman.Upstreams.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Dragoman.Upstreams.Gemini;

/// <summary>Gives out access tokens: <c>/token</c> as <c>oauth2.googleapis.com</c> does, and the metadata server of a machine in Google's cloud.</summary>
internal sealed class TokenEndpoint(GeminiScenario scenario, AccessTokens tokens)
{
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string Metadata = "/computeMetadata/v1";

    // Google refuses longer ones.
    private const long LongestLife = 3600;

    // Clocks differ.
    private const long ClockSkew = 300;

    /// <summary>Answers a request; false when it is none of these.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext http, RecordedRequest request, Uri url, CancellationToken cancellationToken)
    {
        var path = http.Request.Path.Value!;
        if (path == "/token" && request.Method == "POST")
        {
            var (status, json) = Grant(QueryHelpers.ParseQuery(request.Body).ToDictionary(field => field.Key, field => field.Value.ToString()), new Uri(url, "token"));
            await http.Response.AnswerAsync(status, json, GeminiAnswers.JsonType, cancellationToken);
            return true;
        }

        if (path == "/" && http.Request.Headers.ContainsKey("Metadata-Flavor"))
        {
            // Google's libraries ask whether there is a metadata server at all.
            await AnswerMetadataAsync(http.Response, "computeMetadata/\n", "text/html", cancellationToken);
            return true;
        }

        if (!path.StartsWith(Metadata, StringComparison.Ordinal))
        {
            return false;
        }

        if (http.Request.Headers["Metadata-Flavor"] != "Google")
        {
            await http.Response.AnswerAsync(StatusCodes.Status403Forbidden, "Missing Metadata-Flavor:Google header.", "text/html", cancellationToken);
            return true;
        }

        await (path[Metadata.Length..] switch
        {
            "/instance/service-accounts/default/token" => AnswerMetadataAsync(http.Response, Token(), "application/json", cancellationToken),
            "/project/project-id" => AnswerMetadataAsync(http.Response, scenario.Project, "application/text", cancellationToken),
            "/instance/service-accounts/default/email" => AnswerMetadataAsync(http.Response, SimulatedAccount.Email, "application/text", cancellationToken),
            _ => http.Response.AnswerNotFoundAsync(cancellationToken),
        });
        return true;
    }

    private static Task AnswerMetadataAsync(HttpResponse response, string body, string type, CancellationToken cancellationToken)
    {
        response.Headers["Metadata-Flavor"] = "Google";
        return response.AnswerAsync(StatusCodes.Status200OK, body, type, cancellationToken);
    }

    private (int Status, string Json) Grant(Dictionary<string, string> form, Uri audience) => form.GetValueOrDefault("grant_type") switch
    {
        JwtBearer => ForAssertion(form.GetValueOrDefault("assertion", ""), audience),
        "refresh_token" => ForRefreshToken(form),
        var other => Refused(400, "unsupported_grant_type", $"Invalid grant_type: {other}"),
    };

    private (int Status, string Json) ForAssertion(string assertion, Uri audience)
    {
        if (SimulatedAccount.Claims(assertion) is not { } claims)
        {
            return Refused(400, "invalid_grant", "Invalid JWT Signature.");
        }

        if (claims.FindText("iss") != SimulatedAccount.Email)
        {
            return Refused(400, "invalid_grant", "Invalid grant: account not found");
        }

        if (claims.FindText("aud") != audience.ToString())
        {
            return Refused(400, "invalid_grant", "Invalid JWT: Failed audience check.");
        }

        if (claims.FindText("scope")?.Split(' ').Contains(SimulatedAccount.Scope) != true)
        {
            return Refused(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.");
        }

        var now = scenario.Clock.GetUtcNow().ToUnixTimeSeconds();
        return Seconds(claims, "iat") is { } issued && Seconds(claims, "exp") is { } expires
            && issued <= now + ClockSkew && expires > now - ClockSkew && expires - issued <= LongestLife
            ? (StatusCodes.Status200OK, Token())
            : Refused(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.");
    }

    private (int Status, string Json) ForRefreshToken(Dictionary<string, string> form)
    {
        if (form.GetValueOrDefault("client_id") != SimulatedAccount.ClientId || form.GetValueOrDefault("client_secret") != SimulatedAccount.ClientSecret)
        {
            return Refused(401, "invalid_client", "The OAuth client was not found.");
        }

        return form.GetValueOrDefault("refresh_token") == SimulatedAccount.RefreshToken
            ? (StatusCodes.Status200OK, Token())
            : Refused(400, "invalid_grant", "Token has been expired or revoked.");
    }

    private string Token() => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("access_token", tokens.Issue());
        writer.WriteNumber("expires_in", (int)scenario.TokenLifetime.TotalSeconds);
        writer.WriteString("token_type", "Bearer");
        writer.WriteEndObject();
    });

    private static (int Status, string Json) Refused(int status, string error, string description) => (status, Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error", error);
        writer.WriteString("error_description", description);
        writer.WriteEndObject();
    }));

    private static long? Seconds(JsonElement claims, string name) =>
        claims.Find(name) is { ValueKind: JsonValueKind.Number } value && long.TryParse(value.GetRawText(), CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
}
