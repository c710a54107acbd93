using System.Runtime.CompilerServices;
using Dragoman.Replies;

namespace Dragoman.Providers.Overrides;

/// <summary>Ends an answer whose first event takes too long, so that another target can be asked. Signs of life that are no event (headers, comments) don't count.</summary>
internal static class FirstEventDeadline
{
    /// <summary>The answer's events; in place of the first one a failure when it doesn't come in time. Time counts from when the request is sent.</summary>
    /// <param name="limit">How long it may take; null: any time, and the answer is not touched.</param>
    /// <param name="target">Who is asked, for people.</param>
    /// <param name="time">The clock.</param>
    /// <param name="answer">Begins the answer.</param>
    /// <param name="cancellationToken">The client is gone.</param>
    public static IAsyncEnumerable<ReplyEvent> Keep(
        TimeSpan? limit, Target target, TimeProvider time, Func<CancellationToken, IAsyncEnumerable<ReplyEvent>> answer, CancellationToken cancellationToken) =>
        limit is { } given ? WithinAsync(given, target, time, answer, cancellationToken) : answer(cancellationToken);

    private static async IAsyncEnumerable<ReplyEvent> WithinAsync(
        TimeSpan limit, Target target, TimeProvider time, Func<CancellationToken, IAsyncEnumerable<ReplyEvent>> answer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        await using var events = answer(either.Token).GetAsyncEnumerator(either.Token);
        var waits = true;
        while (true)
        {
            var (step, missed) = await NextAsync(events, deadline.Token, cancellationToken);
            if (!missed && step is null) yield break;
            if (waits && step is { } next)
            {
                waits = next.Kind == ReplyEventKind.Opened;
                deadline.CancelAfter(waits ? limit : Timeout.InfiniteTimeSpan);
                missed |= deadline.IsCancellationRequested;
            }

            if (missed)
            {
                yield return ReplyEvent.Failed(new UpstreamError(
                    UpstreamErrorKind.TimedOut, $"{target}: no event of the answer within {limit.TotalSeconds:N0} s. Raise the provider's or the model's firstEventTimeoutSeconds if it needs longer."));
                yield break;
            }

            yield return step!.Value;
        }
    }

    private static async ValueTask<(ReplyEvent? Step, bool Missed)> NextAsync(IAsyncEnumerator<ReplyEvent> events, CancellationToken deadline, CancellationToken client)
    {
        try
        {
            return (await events.MoveNextAsync() ? events.Current : null, false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !client.IsCancellationRequested)
        {
            return (null, true);
        }
    }
}
