namespace Dragoman.Messages;

/// <summary>The client's request is wrong: HTTP 400 <c>invalid_request_error</c>. The message is what the client shows, path first.</summary>
/// <param name="message">For example <c>messages.0.content: Input should be a valid list</c>.</param>
/// <param name="errorCode">The machine-readable <c>error.details.error_code</c>, if there is one.</param>
internal sealed class InvalidRequestException(string message, string? errorCode = null) : Exception(message)
{
    /// <summary>The machine-readable <c>error.details.error_code</c>, if there is one.</summary>
    public string? ErrorCode { get; } = errorCode;
}
