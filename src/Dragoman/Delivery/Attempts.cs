using System.Runtime.CompilerServices;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Delivery;

/// <summary>Asks the targets one after the other until one answers. After the first visible event there is no way back.</summary>
internal sealed partial class Attempts(ProviderSet providers, ILogger<Attempts> log)
{
    /// <summary>
    /// The events of the first target that answers. Each target tried is announced by <paramref name="trying"/>. The last event is always
    /// <see cref="ReplyEventKind.Finished"/> or <see cref="ReplyEventKind.Failed"/>.
    /// </summary>
    /// <exception cref="InvalidRequestException">The model can't do what the client insists on, or the request is wrong.</exception>
    public async IAsyncEnumerable<ReplyEvent> StreamAsync(
        MessagesRequest request, IReadOnlyList<Target> targets, Action<Target> trying, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What this gateway can't read, no other model can be told; an upstream that speaks the client's language may.
        if (request.Fault is { } fault)
        {
            targets = [.. targets.Where(target => providers[target.Provider] is IPassThrough)];
            if (targets.Count == 0) throw fault;
        }

        for (var i = 0; i < targets.Count; i++)
        {
            var target = targets[i];
            trying(target);
            UpstreamError? error = null;
            var visible = false;
            await foreach (var step in providers[target.Provider].StreamAsync(request, target, cancellationToken))
            {
                if (step.Kind == ReplyEventKind.Failed && !visible && step.Error.IsRetryable && i + 1 < targets.Count)
                {
                    error = step.Error;
                    break;
                }

                visible |= step.Kind != ReplyEventKind.Opened;
                yield return step;
                if (step.Kind is ReplyEventKind.Finished or ReplyEventKind.Failed) yield break;
            }

            if (error is null)
            {
                yield return ReplyEvent.Failed(new UpstreamError(UpstreamErrorKind.Broken, $"{target}: the answer ended without saying so."));
                yield break;
            }

            LogFallback(target, error.Message, targets[i + 1]);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Target} failed ({Error}), trying {Next}")]
    private partial void LogFallback(Target target, string error, Target next);
}
