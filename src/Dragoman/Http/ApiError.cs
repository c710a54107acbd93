using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Http;

/// <summary>An error as the client sees it: always in Anthropic's shape.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Type">For example <c>invalid_request_error</c>.</param>
/// <param name="Message">What happened, where, and what to do next.</param>
/// <param name="ErrorCode">The machine-readable <c>details.error_code</c>.</param>
/// <param name="RetryAfter">When it is worth trying again.</param>
internal sealed record ApiError(int Status, string Type, string Message, string? ErrorCode = null, TimeSpan? RetryAfter = null)
{
    /// <summary>The error as an upstream wrote it; sent instead of the other fields.</summary>
    public PassedError? Passed { get; init; }

    /// <summary>Whether a client should ask again.</summary>
    public RetryAdvice Advice { get; init; }

    /// <summary>The client's own mistake.</summary>
    public static ApiError From(InvalidRequestException invalid) => Invalid(invalid.Message, invalid.ErrorCode);

    /// <summary>A 400.</summary>
    public static ApiError Invalid(string message, string? errorCode = null) => new(400, "invalid_request_error", message, errorCode);

    /// <summary>A 404.</summary>
    public static ApiError NotFound(string message) => new(404, "not_found_error", message);

    /// <summary>A defect of the gateway itself.</summary>
    public static ApiError Internal(string requestId) =>
        new(500, "api_error", $"The gateway failed to handle this request. Its log has the details under {requestId}.");

    /// <summary>The one place that knows which upstream failure is which status and type.</summary>
    public static ApiError From(UpstreamError error) =>
        (error.Passed is { } passed ? new ApiError(passed.Status, passed.Type, error.Message) { Passed = passed } : FromKind(error)) with { Advice = RetryAdvices.For(error) };

    private static ApiError FromKind(UpstreamError error) => error.Kind switch
    {
        UpstreamErrorKind.InvalidRequest or UpstreamErrorKind.ContextOverflow => Invalid(error.Message),
        UpstreamErrorKind.Authentication => new ApiError(401, "authentication_error", error.Message),
        UpstreamErrorKind.Permission => new ApiError(403, "permission_error", error.Message),
        UpstreamErrorKind.ModelNotFound => NotFound(error.Message),
        UpstreamErrorKind.RateLimited => new ApiError(429, "rate_limit_error", error.Message, RetryAfter: error.RetryAfter),
        UpstreamErrorKind.Overloaded => new ApiError(529, "overloaded_error", error.Message, RetryAfter: error.RetryAfter),
        UpstreamErrorKind.Unreachable => new ApiError(503, "api_error", error.Message, RetryAfter: error.RetryAfter),
        UpstreamErrorKind.TimedOut => new ApiError(504, "timeout_error", error.Message),
        // Broken, Misconfigured: whoever is at fault, it isn't the client.
        _ => new ApiError(502, "api_error", error.Message, RetryAfter: error.RetryAfter),
    };
}
