using System.Collections.Concurrent;
using System.Globalization;

namespace Dragoman.Upstreams.Gemini;

/// <summary>What a bearer token is worth.</summary>
internal enum TokenState
{
    Unknown,
    Expired,
    Valid,
}

/// <summary>The access tokens that were issued.</summary>
internal sealed class AccessTokens(TimeProvider clock, TimeSpan lifetime)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> expiries = new(StringComparer.Ordinal);
    private int count;

    /// <summary>How many were issued.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>A new one.</summary>
    public string Issue()
    {
        // Google's begin so.
        var token = string.Create(CultureInfo.InvariantCulture, $"ya29.simulated-{Interlocked.Increment(ref count)}");
        expiries[token] = clock.GetUtcNow() + lifetime;
        return token;
    }

    /// <summary>Makes all tokens worthless, although they haven't expired.</summary>
    public void Revoke() => expiries.Clear();

    /// <summary>What a token is worth.</summary>
    public TokenState State(string token) => !expiries.TryGetValue(token, out var expiry)
        ? TokenState.Unknown
        : clock.GetUtcNow() >= expiry ? TokenState.Expired : TokenState.Valid;
}
