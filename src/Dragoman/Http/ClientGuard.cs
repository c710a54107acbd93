using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Http;

/// <summary>
/// Who may use the gateway. A web page that the user happens to visit must not spend the user's quota: its origin is foreign, its content type is not JSON,
/// or - with DNS rebinding - the host name is not ours.
/// </summary>
internal sealed class ClientGuard(DragomanOptions options)
{
    private readonly byte[]? _key = Secret.Resolve(options.Key) is { Length: > 0 } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;

    /// <summary>True when both ask for the same key: its file may have changed while its name stayed.</summary>
    public bool WantsKeyOf(ClientGuard other) => _key.AsSpan().SequenceEqual(other._key);

    /// <summary>Why the request is refused, or null.</summary>
    public ApiError? Check(HttpContext http, bool needsKey) => CheckHost(http) ?? CheckOrigin(http) ?? CheckContentType(http) ?? (needsKey ? CheckKey(http) : null);

    /// <summary>True when a page of <paramref name="origin"/> may use the gateway.</summary>
    public bool Allows(string origin) => options.AllowedOrigins.Any(allowed => string.Equals(allowed.TrimEnd('/'), origin, StringComparison.OrdinalIgnoreCase));

    private ApiError? CheckHost(HttpContext http)
    {
        var host = http.Request.Host.Host.Trim('[', ']');
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)) return null;
        // An address can't be rebound: only a name leads somewhere else tomorrow.
        if (IPAddress.TryParse(host, out var address) && (IPAddress.IsLoopback(address) || address.Equals(Local(http)))) return null;
        if (options.AllowedHosts.Any(allowed => string.Equals(allowed, host, StringComparison.OrdinalIgnoreCase))) return null;
        return new ApiError(403, "permission_error", $"Host '{host}' is not allowed. Add it to `allowedHosts` in dragoman.json (or --allow-host) if clients reach this gateway by that name.");
    }

    private static IPAddress? Local(HttpContext http) =>
        http.Connection.LocalIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : http.Connection.LocalIpAddress;

    private ApiError? CheckOrigin(HttpContext http)
    {
        string? origin = http.Request.Headers.Origin;
        if (string.IsNullOrEmpty(origin)) return null;
        var own = $"{http.Request.Scheme}://{http.Request.Host}";
        if (string.Equals(origin, own, StringComparison.OrdinalIgnoreCase) || Allows(origin)) return null;
        return new ApiError(403, "permission_error", $"Origin '{origin}' is not allowed. Add it to `allowedOrigins` in dragoman.json (or --allow-origin) if that page may use this gateway.");
    }

    private static ApiError? CheckContentType(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || http.Request.HasJsonContentType()) return null;
        return new ApiError(415, "invalid_request_error", $"Content-Type must be application/json, not '{http.Request.ContentType}'.");
    }

    private ApiError? CheckKey(HttpContext http)
    {
        if (_key is null) return null;
        var header = http.Request.Headers;
        var shown = (string?)header["x-api-key"];
        var isBearer = shown is null && header.Authorization is [{ } authorization] && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
        if (isBearer) shown = ((string)header.Authorization!)["Bearer ".Length..].Trim();
        if (string.IsNullOrEmpty(shown)) return new ApiError(401, "authentication_error", "x-api-key header is required");
        // Hashes have one length, so the comparison tells nothing of the key's.
        if (CryptographicOperations.FixedTimeEquals(_key, SHA256.HashData(Encoding.UTF8.GetBytes(shown)))) return null;
        return new ApiError(401, "authentication_error", isBearer ? "Invalid bearer token" : "invalid x-api-key");
    }
}
