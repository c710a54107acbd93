namespace Dragoman.Providers.Anthropic;

/// <summary>What models the upstream has.</summary>
internal sealed class AnthropicModels(AnthropicClient client, AnthropicErrors errors)
{
    /// <summary>Lists them.</summary>
    /// <exception cref="UpstreamException">The upstream can't be asked.</exception>
    public ValueTask<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        _ = (client, errors, cancellationToken);
        return ValueTask.FromResult<IReadOnlyList<ModelInfo>>([]);
    }
}
