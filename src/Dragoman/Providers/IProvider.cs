using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers;

/// <summary>Speaks one upstream protocol. Streams always; a non-streaming reply is assembled from the same events.</summary>
internal interface IProvider
{
    /// <summary>Requests for Claude's names may be sent here as they are: the upstream has them, or the provider knows what stands for them.</summary>
    bool TakesClaudeNames => false;

    /// <summary>
    /// Asks the upstream. The first event is <see cref="ReplyEventKind.Opened"/> when the request could be translated; the last is
    /// <see cref="ReplyEventKind.Finished"/> or <see cref="ReplyEventKind.Failed"/>: an upstream's failure is an event, never an exception.
    /// Ending the enumeration, or <paramref name="cancellationToken"/>, ends the upstream's request at once.
    /// </summary>
    /// <exception cref="InvalidRequestException">The model can't do what the client insists on.</exception>
    IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, CancellationToken cancellationToken);

    /// <summary>How much the upstream takes at once of what goes to <paramref name="target"/>; null: there is no limit. Asked before each request, so the answer is at hand or soon known.</summary>
    ValueTask<LaneLimit?> LaneOfAsync(Target target, CancellationToken cancellationToken) => default;

    /// <summary>What is known of the price of <paramref name="target"/>'s answers. Asked when an answer ends: of what is at hand, the upstream is not asked for it.</summary>
    Pricing PricingOf(Target target) => Pricing.Unknown;

    /// <summary>The models that the upstream has.</summary>
    /// <exception cref="UpstreamException">The upstream can't be asked.</exception>
    ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>The exact size of the prompt in tokens, or null when the upstream can't count.</summary>
    ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken);
}
