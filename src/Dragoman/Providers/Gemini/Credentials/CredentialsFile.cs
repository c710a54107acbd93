using System.Security.Cryptography;
using System.Text.Json;

namespace Dragoman.Providers.Gemini.Credentials;

/// <summary>A credentials file of Google's: a service account's key, or what <c>gcloud auth application-default login</c> writes.</summary>
/// <param name="Source">Where tokens come from with it.</param>
/// <param name="Project">The project that it belongs to, if it says so.</param>
/// <param name="QuotaProject">The project that pays, if it says so.</param>
/// <param name="Advice">What the user can do when it is refused.</param>
internal sealed record CredentialsFile(ITokenSource Source, string? Project, string? QuotaProject, string Advice)
{
    /// <summary>The only scope that Vertex AI takes.</summary>
    public const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private static readonly Uri GoogleTokens = new("https://oauth2.googleapis.com/token");

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigException">It is missing, or of a kind that isn't supported; the message says what to do.</exception>
    public static CredentialsFile Read(string path, TokenEndpoint endpoint, TimeProvider time)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(path, document.RootElement, endpoint, time);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException or CryptographicException or ArgumentException or UriFormatException)
        {
            throw new ConfigException($"Google's credentials file {path} can't be read: {unreadable.Message}");
        }
    }

    private static CredentialsFile Read(string path, JsonElement file, TokenEndpoint endpoint, TimeProvider time)
    {
        var tokens = Optional(file, "token_uri") is { } uri ? new Uri(uri) : GoogleTokens;
        switch (Optional(file, "type"))
        {
            case "service_account":
                var account = new ServiceAccount(Required(file, "client_email"), Required(file, "private_key"), Optional(file, "private_key_id"), tokens);
                return new CredentialsFile(new ServiceAccountTokens(account, endpoint, time), Optional(file, "project_id"), Optional(file, "quota_project_id"),
                    $"Check that the service account of {path} still exists, that its key is not revoked, and that it has the role Vertex AI User.");
            case "authorized_user":
                var user = new UserTokens(Required(file, "client_id"), Required(file, "client_secret"), Required(file, "refresh_token"), tokens, endpoint);
                return new CredentialsFile(user, Project: null, Optional(file, "quota_project_id"), "Run: gcloud auth application-default login");
            default:
                throw new ConfigException(
                    $"Google's credentials file {path} is of the type '{Optional(file, "type") ?? "none"}', which is not supported. Use a service account's key, `gcloud auth application-default login`, or set the provider's credentials to \"gcloud\".");
        }
    }

    private static string Required(JsonElement file, string name) => Optional(file, name) ?? throw new JsonException($"it has no {name}");

    private static string? Optional(JsonElement file, string name) =>
        file.ValueKind == JsonValueKind.Object && file.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}

/// <summary>Tokens of a user, by the refresh token that <c>gcloud</c> was given when the user signed in.</summary>
internal sealed class UserTokens(string clientId, string clientSecret, string refreshToken, Uri tokenUri, TokenEndpoint endpoint) : ITokenSource
{
    /// <inheritdoc/>
    public Task<AccessToken> FetchAsync(CancellationToken cancellationToken) => endpoint.ExchangeAsync(
        tokenUri,
        [new("grant_type", "refresh_token"), new("client_id", clientId), new("client_secret", clientSecret), new("refresh_token", refreshToken)],
        cancellationToken);
}
