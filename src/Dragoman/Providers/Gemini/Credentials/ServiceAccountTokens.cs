using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Gemini.Credentials;

/// <summary>What a service account's key file says.</summary>
/// <param name="Email">The account.</param>
/// <param name="PrivateKey">Its private key, PEM.</param>
/// <param name="KeyId">The key's id.</param>
/// <param name="TokenUri">Where its tokens come from.</param>
internal sealed record ServiceAccount(string Email, string PrivateKey, string? KeyId, Uri TokenUri)
{
    // The key must not end up in a log by way of ToString.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(nameof(Email)).Append(" = ").Append(Email);
        return true;
    }
}

/// <summary>Tokens of a service account, for an assertion that it signs itself (RFC 7523).</summary>
internal sealed class ServiceAccountTokens : ITokenSource
{
    // The longest that Google accepts.
    private static readonly TimeSpan AssertionLifetime = TimeSpan.FromHours(1);

    private readonly ServiceAccount _account;
    private readonly TokenEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly RSA _key = RSA.Create();

    /// <summary>Reads the private key.</summary>
    /// <exception cref="ArgumentException">It is no key.</exception>
    public ServiceAccountTokens(ServiceAccount account, TokenEndpoint endpoint, TimeProvider time)
    {
        (_account, _endpoint, _time) = (account, endpoint, time);
        _key.ImportFromPem(account.PrivateKey);
    }

    /// <inheritdoc/>
    public Task<AccessToken> FetchAsync(CancellationToken cancellationToken) => _endpoint.ExchangeAsync(
        _account.TokenUri,
        [new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), new("assertion", Assertion())],
        cancellationToken);

    private string Assertion()
    {
        var now = _time.GetUtcNow();
        var head = Json(json =>
        {
            json.WriteString("alg"u8, "RS256"u8);
            json.WriteString("typ"u8, "JWT"u8);
            if (_account.KeyId is not null) json.WriteString("kid"u8, _account.KeyId);
        });
        var claims = Json(json =>
        {
            json.WriteString("iss"u8, _account.Email);
            json.WriteString("scope"u8, CredentialsFile.Scope);
            json.WriteString("aud"u8, _account.TokenUri.OriginalString);
            json.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, (now + AssertionLifetime).ToUnixTimeSeconds());
        });
        var signed = $"{head}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
