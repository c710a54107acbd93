namespace Dragoman.Replies;

/// <summary>Who or what is at fault when an upstream fails.</summary>
internal enum UpstreamErrorKind
{
    /// <summary>The upstream finds the request wrong.</summary>
    InvalidRequest,

    /// <summary>The prompt does not fit the model's context.</summary>
    ContextOverflow,

    /// <summary>The upstream wants another key.</summary>
    Authentication,

    /// <summary>The key may not do this.</summary>
    Permission,

    /// <summary>The upstream doesn't have the model.</summary>
    ModelNotFound,

    /// <summary>Too many requests or no quota left.</summary>
    RateLimited,

    /// <summary>The upstream is too busy.</summary>
    Overloaded,

    /// <summary>The upstream can't be reached.</summary>
    Unreachable,

    /// <summary>The upstream stopped sending, or took too long.</summary>
    TimedOut,

    /// <summary>The upstream broke: its own error, or an answer that makes no sense.</summary>
    Broken,

    /// <summary>Something else answers than the configuration says: another address, path or certificate. Somebody has to set it right.</summary>
    Misconfigured,
}

/// <summary>A failure of an upstream, as a value: only the edge decides what the client sees of it.</summary>
/// <param name="Kind">What kind of failure.</param>
/// <param name="Message">What happened, where, and what to do next.</param>
/// <param name="RetryAfter">When it is worth trying again, if the upstream says so.</param>
internal sealed record UpstreamError(UpstreamErrorKind Kind, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>The failure in the upstream's own words, when they are the client's language; null when the gateway has to find words.</summary>
    public PassedError? Passed { get; init; }

    /// <summary>The refusal is a key's, of several or the client's own: with another one the same model may answer.</summary>
    public bool IsOfKey { get; init; }

    /// <summary>The gateway has asked again before it gave up, so a client need not do it at once.</summary>
    public bool Repeated { get; init; }
}
