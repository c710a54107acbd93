namespace Dragoman.Http;

/// <summary>Ends the handling of a request with an error for the client.</summary>
internal sealed class ApiException(ApiError error) : Exception(error.Message)
{
    /// <summary>What the client gets.</summary>
    public ApiError Error { get; } = error;
}
