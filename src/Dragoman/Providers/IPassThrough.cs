using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers;

/// <summary>
/// A provider whose upstream speaks the client's own language: requests and answers are passed on as they are, and what is wrong with a request is the upstream's
/// to say (<see cref="MessagesRequest.Fault"/> doesn't count). Its answers are <see cref="ReplyEventKind.PassedStart"/> and <see cref="ReplyEventKind.Passed"/> events.
/// </summary>
internal interface IPassThrough : IProvider
{
    /// <summary>The upstream's own answer to a question for a count of tokens; null when it has no such endpoint.</summary>
    /// <exception cref="UpstreamException">The upstream can't be reached or refuses.</exception>
    ValueTask<PassedAnswer?> CountAsync(MessagesRequest request, Target target, CancellationToken cancellationToken);

    /// <summary>The upstream's own description of a model that its list may not show, an alias; null when it gives none.</summary>
    ValueTask<ModelInfo?> FindModelAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult<ModelInfo?>(null);
}
