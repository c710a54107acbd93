using System.Runtime.CompilerServices;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Delivery;

/// <summary>
/// Asks the targets of a request until one answers: repeats what is worth it, then goes on to the next. After the first visible event there is no way back.
/// </summary>
internal sealed class Attempts(AttemptParts parts)
{
    /// <summary>
    /// The events of the first target that answers; <see cref="ReplyEventKind.Opened"/> comes with each attempt. The last event is always
    /// <see cref="ReplyEventKind.Finished"/> or <see cref="ReplyEventKind.Failed"/>, and when it is out the upstream's request has ended and its lane is free.
    /// </summary>
    /// <exception cref="InvalidRequestException">The model can't do what the client insists on, or the request is wrong.</exception>
    public IAsyncEnumerable<ReplyEvent> StreamAsync(
        MessagesRequest request, IReadOnlyList<Target> targets, Caller caller, IAttemptWatch watch, CancellationToken cancellationToken)
    {
        var failures = new Failures(watch);
        var fitting = parts.Fit.Fitting(request, Able(request, targets), failures);
        return AskAsync(new AttemptCourse(parts, fitting, failures, caller, watch), request, cancellationToken);
    }

    private static async IAsyncEnumerable<ReplyEvent> AskAsync(AttemptCourse course, MessagesRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await course.NextAsync(cancellationToken) is { } next)
        {
            var visible = false;
            Finish? finish = null;
            UpstreamError? error = null;
            using (var attempt = next)
            {
                await foreach (var step in attempt.Provider.StreamAsync(request, attempt.Target, cancellationToken))
                {
                    if (step.Kind == ReplyEventKind.Finished) finish = step.Finish;
                    else if (step.Kind == ReplyEventKind.Failed) error = step.Error;
                    if (finish is not null || error is not null) break;
                    if (!visible && IsVisible(step.Kind, request))
                    {
                        visible = true;
                        await attempt.Pass.ReportAsync(failure: null);
                    }

                    yield return step;
                }

                if (finish is null) error ??= new UpstreamError(UpstreamErrorKind.Broken, $"{attempt.Target}: the answer ended without saying so.");
                if (error is not null && !visible) await course.FailAsync(attempt, error);
                // Also when it began well: an upstream whose answers break off is no good one.
                else if (error is not null || !visible) await attempt.Pass.ReportAsync(error?.Kind);
            }

            if (error is not null && !visible) continue;
            yield return error is null ? ReplyEvent.Finished(finish!) : ReplyEvent.Failed(error);
            yield break;
        }

        yield return ReplyEvent.Failed(course.Verdict());
    }

    // The beginning of a stream that is passed on says no more than the one that the gateway writes itself while it waits; a whole answer is an answer.
    private static bool IsVisible(ReplyEventKind kind, MessagesRequest request) => kind is not ReplyEventKind.Opened && !(kind is ReplyEventKind.PassedStart && request.Stream);

    // What this gateway can't read, no other model can be told; an upstream that speaks the client's language may.
    private IReadOnlyList<Target> Able(MessagesRequest request, IReadOnlyList<Target> targets)
    {
        if (request.Fault is not { } fault) return targets;
        List<Target> able = [.. targets.Where(target => parts.Providers[target.Provider] is IPassThrough)];
        return able.Count > 0 ? able : throw fault;
    }
}

/// <summary>What deliveries are made with: the parts of one configuration, and what outlives it.</summary>
/// <param name="Providers">The upstreams.</param>
/// <param name="Fit">Which of them a request fits into.</param>
/// <param name="Policy">What is repeated.</param>
/// <param name="Lanes">How many requests each takes at once; outlives a configuration.</param>
/// <param name="Breakers">Which are left alone; outlives a configuration.</param>
/// <param name="Ids">The source of chance.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">The log.</param>
internal sealed record AttemptParts(
    ProviderSet Providers, ContextFit Fit, RetryPolicy Policy, Lanes Lanes, CircuitBreakers Breakers, IdSource Ids, TimeProvider Time, ILogger<Attempts> Log);
