using System.Globalization;
using System.Security.Authentication;
using Dragoman.Replies;

namespace Dragoman.Providers;

/// <summary>What the providers' messages have in common: they say what happened, then what to do.</summary>
internal static class ErrorWords
{
    /// <summary>An upstream's own words as a sentence, so that another one may follow.</summary>
    public static string Sentence(string text) => text.TrimEnd() is var trimmed && (trimmed.EndsWith('.') || trimmed.EndsWith('!') || trimmed.EndsWith('?')) ? trimmed : trimmed + ".";

    /// <summary>A failure that passes: the upstream's words, and when to come back if it says so.</summary>
    public static string TryAgain(string text, TimeSpan? retryAfter = null) => retryAfter is { } wait && wait > TimeSpan.Zero
        ? string.Create(CultureInfo.InvariantCulture, $"{Sentence(text)} Try again in {Math.Ceiling(wait.TotalSeconds):0} s.")
        : $"{Sentence(text)} Try again.";

    /// <summary>Why an upstream isn't reached: a certificate that isn't trusted, or a server without TLS, stays what it is until somebody sets it right.</summary>
    public static UpstreamErrorKind Unreached(Exception cause) =>
        cause is HttpRequestException { InnerException: AuthenticationException } ? UpstreamErrorKind.Misconfigured : UpstreamErrorKind.Unreachable;
}
