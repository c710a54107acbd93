using Dragoman.Replies;

namespace Dragoman.Providers;

/// <summary>An upstream could not be asked something that is not a reply (its models, its version).</summary>
internal sealed class UpstreamException(UpstreamError error) : Exception(error.Message)
{
    /// <summary>What went wrong.</summary>
    public UpstreamError Error { get; } = error;
}
