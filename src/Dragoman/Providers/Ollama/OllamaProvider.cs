using Dragoman.Messages;
using Dragoman.Replies;
using Dragoman.Routing;

namespace Dragoman.Providers.Ollama;

internal sealed class OllamaProvider(ProviderContext context) : IProvider
{
    public IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => throw new NotSupportedException(context.Name);
    public ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) => throw new UpstreamException(new UpstreamError(UpstreamErrorKind.Unreachable, "none"));
    public ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => throw new NotSupportedException();
}
