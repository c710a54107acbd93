using System.Net;
using System.Text.Json;

namespace Dragoman.Providers.Gemini.Credentials;

/// <summary>Asks for access tokens over HTTP and reads the answers, which have one form everywhere (RFC 6749, section 5).</summary>
internal sealed class TokenEndpoint(UpstreamHttp http, TimeProvider time)
{
    // A token is some hundred bytes to a few kilobytes.
    private const int MaxAnswerBytes = 1 << 20;

    // For an answer that doesn't say how long its token lives; the shortest time that Google gives.
    private const int DefaultLifetimeSeconds = 300;

    /// <summary>Exchanges something for a token.</summary>
    /// <exception cref="CredentialException">It was refused, or the endpoint can't be reached.</exception>
    public async Task<AccessToken> ExchangeAsync(Uri endpoint, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(form) };
        return await AskAsync(request, cancellationToken);
    }

    /// <summary>Sends a request that is answered with a token.</summary>
    /// <exception cref="CredentialException">It was refused, or the endpoint can't be reached.</exception>
    public async Task<AccessToken> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var endpoint = request.RequestUri!.GetLeftPart(UriPartial.Path);
        request.Options.Set(UpstreamHttp.IsSecret, value: true);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK) return Read(answer);
            var refused = (int)response.StatusCode is >= 400 and < 500 and not 408 and not 429;
            throw new CredentialException($"{endpoint} gave no access token: {Complaint(response.StatusCode, answer)}", refused);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw new CredentialException($"{endpoint}, which gives access tokens, can't be reached ({failed.Message}).", refused: false);
        }
        catch (JsonException unreadable)
        {
            throw new CredentialException($"{endpoint} gave something that is no access token: {unreadable.Message}", refused: false);
        }
    }

    private AccessToken Read(string answer)
    {
        using var document = JsonDocument.Parse(answer);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("access_token", out var token) || token.ValueKind != JsonValueKind.String) throw new JsonException("there is no access_token in it");
        var seconds = root.TryGetProperty("expires_in", out var lifetime) && lifetime.ValueKind == JsonValueKind.Number && lifetime.TryGetInt32(out var given) ? given : DefaultLifetimeSeconds;
        return new AccessToken(token.GetString()!, time.GetUtcNow().AddSeconds(seconds));
    }

    private static string Complaint(HttpStatusCode status, string answer)
    {
        var error = GoogleError.Read(answer);
        return error.Message.Length == 0 ? $"HTTP {(int)status}." : error.Status.Length == 0 || error.Status == error.Message ? error.Message : $"{error.Status}: {error.Message}";
    }
}
