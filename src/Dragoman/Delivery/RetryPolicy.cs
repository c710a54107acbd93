using Dragoman.Replies;

namespace Dragoman.Delivery;

/// <summary>What to do after a target has failed and the client has seen nothing yet.</summary>
internal enum NextStep
{
    /// <summary>Ask the same target again, after a while.</summary>
    Repeat,

    /// <summary>Ask the next target.</summary>
    Next,

    /// <summary>Tell the client: no target would do better.</summary>
    Stop,
}

/// <summary>Which failures are worth repeating, and when. Pure. The table is in docs/delivery.md.</summary>
internal sealed class RetryPolicy(RetryOptions options)
{
    // Three attempts take at most 1.2 s with it, which is within the grace: an upstream that stays down is still a real HTTP status.
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.4);

    // The longest of the SDKs' own delays.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(8);

    /// <summary>What to do after a failure.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="attempt">How often the target was asked, this time included.</param>
    /// <param name="spent">How long the request has been under way, without the time that it stood in a queue.</param>
    /// <param name="chance">A number from 0 to 1.</param>
    /// <param name="delay">How long to wait before <see cref="NextStep.Repeat"/>.</param>
    public NextStep After(UpstreamError error, int attempt, TimeSpan spent, double chance, out TimeSpan delay)
    {
        delay = default;
        if (error.Kind == UpstreamErrorKind.InvalidRequest) return NextStep.Stop;
        if (!IsPassing(error.Kind) || attempt >= options.Attempts) return NextStep.Next;
        delay = Delay(attempt, chance);
        if (error.RetryAfter is { } wanted)
        {
            if (IsLong(wanted)) return NextStep.Next;
            // Never earlier than the upstream says, and not all at the same moment.
            delay = wanted + (delay - Delay(attempt, chance: 0));
        }

        return spent + delay <= TimeSpan.FromSeconds(options.TotalSeconds) ? NextStep.Repeat : NextStep.Next;
    }

    /// <summary>For how long others needn't ask either, as the upstream wants to be left alone for longer than a request waits; null: they may.</summary>
    public TimeSpan? PauseAfter(UpstreamError error) => error.RetryAfter is { } wanted && IsLong(wanted) && IsPassing(error.Kind) && !error.IsOfKey ? wanted : null;

    private bool IsLong(TimeSpan wait) => wait > TimeSpan.FromSeconds(options.LongestWaitSeconds);

    // Failures that may be over in a moment, as others' requests end, or a server comes back.
    private static bool IsPassing(UpstreamErrorKind kind) =>
        kind is UpstreamErrorKind.RateLimited or UpstreamErrorKind.Overloaded or UpstreamErrorKind.Unreachable or UpstreamErrorKind.TimedOut or UpstreamErrorKind.Broken;

    // Doubles each time; half of it by chance, so that requests that failed together don't come back together.
    private static TimeSpan Delay(int attempt, double chance)
    {
        var full = FirstDelay * Math.Pow(2, attempt - 1);
        return (full < LongestDelay ? full : LongestDelay) * (0.5 + (chance / 2));
    }
}
