using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Delivery;

/// <summary>One request's way along its targets: which is asked next, when, and what the client is told when none answers.</summary>
internal sealed partial class AttemptCourse
{
    // A full queue moves on with each answer that ends; sooner is in vain, and nobody knows how long answers take.
    private static readonly TimeSpan FullQueueWait = TimeSpan.FromSeconds(5);

    private readonly AttemptParts _parts;
    private readonly Caller _caller;
    private readonly IAttemptWatch _watch;
    private readonly Failures _failures;
    private readonly long _started;

    // The time in queues, which is nobody's failure.
    private TimeSpan _queued;

    // Those from _next on are still to be asked.
    private IReadOnlyList<Target> _targets;
    private int _next;

    // Which one it is about now, how often it was asked, and after which failure and time it is to be asked again.
    private Target _target;
    private int _attempts;
    private (TimeSpan Delay, UpstreamError Failed)? _repeat;

    // Of those that were left alone the one that will be asked again soonest, and when.
    private (Target Target, TimeSpan Remaining)? _spare;
    private bool _asked;
    private bool _forced;
    private bool _repeated;

    /// <summary>Begins before the first target.</summary>
    public AttemptCourse(AttemptParts parts, IReadOnlyList<Target> targets, Failures failures, Caller caller, IAttemptWatch watch)
    {
        (_parts, _targets, _failures, _caller, _watch) = (parts, targets, failures, caller, watch);
        _target = targets[0];
        _started = parts.Time.GetTimestamp();
    }

    /// <summary>The next attempt, when its time has come and there is a place for it; null when there is none.</summary>
    public async ValueTask<Attempt?> NextAsync(CancellationToken cancellationToken)
    {
        if (_repeat is { } repeat)
        {
            _repeat = null;
            await Task.Delay(repeat.Delay, _parts.Time, cancellationToken);
            if (await TryBeginAsync(cancellationToken) is { } again) return again;
            _failures.Add(_target, repeat.Failed);
        }

        while (_next < _targets.Count)
        {
            (_target, _attempts) = (_targets[_next++], 0);
            if (await TryBeginAsync(cancellationToken) is { } attempt) return attempt;
        }

        return _asked || _spare is not { } spare ? null : await ForceAsync(spare.Target, cancellationToken);
    }

    /// <summary>Takes note of a failure that the client hasn't seen anything of.</summary>
    public async ValueTask FailAsync(Attempt attempt, UpstreamError error)
    {
        await attempt.Pass.ReportAsync(error.Kind);
        if (_parts.Policy.PauseAfter(error) is { } pause) LogPause(_parts.Log, _target, error.Message, _parts.Breakers.Rest(_target, pause).TotalSeconds);
        var step = After(error, out var delay);
        if (step == NextStep.Repeat)
        {
            (_repeated, _repeat) = (true, (delay, error));
            LogRepeat(_parts.Log, _target, error.Message, delay.TotalSeconds);
            return;
        }

        _failures.Add(_target, error);
        if (step == NextStep.Stop) _next = _targets.Count;
        else if (error.Kind == UpstreamErrorKind.ContextOverflow) SkipSmall();
        if (_next < _targets.Count) LogFallback(_parts.Log, _target, error.Message, _targets[_next]);
    }

    /// <summary>What to tell the client, as no target has answered.</summary>
    public UpstreamError Verdict()
    {
        var (target, error) = _failures.MostTelling();
        _watch.Told(target);
        return error with { Repeated = _repeated };
    }

    private NextStep After(UpstreamError error, out TimeSpan delay)
    {
        var spent = _parts.Time.GetElapsedTime(_started) - _queued;
        var step = _parts.Policy.After(error, _attempts, spent, _parts.Ids.Fraction(), out delay);
        // A circuit that has opened by this failure, or was open before it, is left alone.
        return step == NextStep.Repeat && (_forced || _parts.Breakers.PauseOf(_target) is not null) ? NextStep.Next : step;
    }

    private void SkipSmall()
    {
        var left = new List<Target>();
        foreach (var target in _targets.Skip(_next))
        {
            if (_parts.Fit.IsNoLarger(target, _target)) _failures.Skip(target, "it takes no more");
            else left.Add(target);
        }

        (_targets, _next) = (left, 0);
    }

    // Null: not this target. A place is waited for before the circuit lets through: what has happened meanwhile counts.
    private async ValueTask<Attempt?> TryBeginAsync(CancellationToken cancellationToken)
    {
        if (IsLeftAlone()) return null;
        var (slot, full) = await EnterAsync(cancellationToken);
        if (full is not null)
        {
            _failures.Add(_target, full);
            return null;
        }

        if (!IsLeftAlone())
        {
            if (_parts.Breakers.TryPass(_target) is { } pass) return Begin(pass, slot);
            LeaveAlone(TimeSpan.Zero, "it failed repeatedly and is being tried with another request");
        }

        slot?.Dispose();
        return null;
    }

    private bool IsLeftAlone()
    {
        if (_parts.Breakers.PauseOf(_target) is not { } pause) return false;
        LeaveAlone(pause.Remaining, $"{pause.Reason} and is tried again in {Math.Ceiling(pause.Remaining.TotalSeconds):N0} s");
        return true;
    }

    private void LeaveAlone(TimeSpan remaining, string reason)
    {
        _failures.Skip(_target, reason);
        if (_spare is not { } spare || remaining < spare.Remaining) _spare = (_target, remaining);
    }

    // Every target is left alone: better one question too many than no answer.
    private async ValueTask<Attempt?> ForceAsync(Target target, CancellationToken cancellationToken)
    {
        (_target, _attempts, _forced) = (target, 0, true);
        var (slot, full) = await EnterAsync(cancellationToken);
        if (full is null) return Begin(_parts.Breakers.Force(target), slot);
        _failures.Add(target, full);
        return null;
    }

    private Attempt Begin(CircuitPass pass, LaneSlot? slot)
    {
        _attempts++;
        _asked = true;
        return new Attempt(_parts.Providers[pass.Target.Provider], pass, slot);
    }

    private async ValueTask<(LaneSlot? Slot, UpstreamError? Full)> EnterAsync(CancellationToken cancellationToken)
    {
        _watch.Trying(_target);
        if (await _parts.Providers[_target.Provider].LaneOfAsync(_target, cancellationToken) is not { } limit) return default;
        var slot = await _parts.Lanes.EnterAsync(limit, _caller, cancellationToken);
        if (slot is null)
        {
            var words = $"{_target}: {limit.Concurrency} requests are answered at once and {limit.Queue} wait already ({limit.Lane}, settings concurrency and queue). Try again later.";
            return (null, new UpstreamError(UpstreamErrorKind.Overloaded, words, FullQueueWait));
        }

        if (slot.Queued > TimeSpan.Zero)
        {
            _queued += slot.Queued;
            _watch.Queued(slot.Queued);
        }

        return (slot, null);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Target} failed ({Error}), asked again in {Seconds:N1} s")]
    private static partial void LogRepeat(ILogger log, Target target, string error, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Target} failed ({Error}), trying {Next}")]
    private static partial void LogFallback(ILogger log, Target target, string error, Target next);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Target} asks for a pause ({Error}): for {Seconds:N0} s requests go to their other targets, if they have any")]
    private static partial void LogPause(ILogger log, Target target, string error, double seconds);
}
