using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Delivery;

/// <summary>One request's way along its targets: which is asked next, when, and what the client is told when none answers.</summary>
internal sealed partial class AttemptCourse
{
    // A full queue moves on with each answer that ends; sooner is in vain, and nobody knows how long answers take.
    private static readonly TimeSpan FullQueueWait = TimeSpan.FromSeconds(5);

    private readonly AttemptParts _parts;
    private readonly List<Target> _targets;
    private readonly Caller _caller;
    private readonly IAttemptWatch _watch;
    private readonly Failures _failures;
    private readonly long _started;
    private TimeSpan _queued;
    private (TimeSpan Delay, UpstreamError Failed)? _repeat;
    private int _index = -1;
    private int _attempt;
    private bool _forced;
    private bool _repeated;
    private bool _asked;

    /// <summary>Begins before the first target.</summary>
    public AttemptCourse(AttemptParts parts, IReadOnlyList<Target> targets, Failures failures, Caller caller, IAttemptWatch watch)
    {
        (_parts, _targets, _failures, _caller, _watch) = (parts, [.. targets], failures, caller, watch);
        _started = parts.Time.GetTimestamp();
    }

    /// <summary>What to tell the client.</summary>
    public UpstreamError Verdict => _failures.MostTelling()! with { Repeated = _repeated };

    private Target Current => _targets[_index];

    /// <summary>The next attempt, when its time has come and there is a place for it; null when there is none.</summary>
    public async ValueTask<Attempt?> NextAsync(CancellationToken cancellationToken)
    {
        if (_repeat is { } repeat)
        {
            _repeat = null;
            await Task.Delay(repeat.Delay, _parts.Time, cancellationToken);
            if (await TryBeginAsync(cancellationToken) is { } again) return again;
            _failures.Add(Current, repeat.Failed);
        }

        while (++_index < _targets.Count)
        {
            _attempt = 0;
            if (await TryBeginAsync(cancellationToken) is { } attempt) return attempt;
        }

        return _asked || _forced ? null : await ForceAsync(cancellationToken);
    }

    /// <summary>Takes note of a failure that the client hasn't seen anything of.</summary>
    public async ValueTask FailAsync(Attempt attempt, UpstreamError error)
    {
        await attempt.Pass.ReportAsync(error.Kind);
        var target = attempt.Target;
        var spent = _parts.Time.GetElapsedTime(_started) - _queued;
        var step = _parts.Policy.After(error, _attempt, spent, _parts.Ids.Fraction(), out var delay);
        // A circuit that has opened by this failure, or was open before it, is left alone.
        if (step == NextStep.Repeat && (_forced || _parts.Breakers.Remaining(target) > TimeSpan.Zero)) step = NextStep.Next;
        if (step == NextStep.Repeat)
        {
            _repeated = true;
            _repeat = (delay, error);
            LogRepeat(_parts.Log, target, error.Message, delay.TotalSeconds);
            return;
        }

        _failures.Add(target, error);
        if (step == NextStep.Stop) _targets.RemoveRange(_index + 1, _targets.Count - _index - 1);
        else if (error.Kind == UpstreamErrorKind.ContextOverflow) SkipSmall(target);
        if (_index + 1 < _targets.Count) LogFallback(_parts.Log, target, error.Message, _targets[_index + 1]);
    }

    private void SkipSmall(Target failed)
    {
        for (var i = _targets.Count - 1; i > _index; i--)
        {
            if (!_parts.Fit.IsNoLarger(_targets[i], failed)) continue;
            _failures.Skip(_targets[i], "it takes no more");
            _targets.RemoveAt(i);
        }
    }

    // Null: not this target. A place is waited for before the circuit lets through: what has happened meanwhile counts.
    private async ValueTask<Attempt?> TryBeginAsync(CancellationToken cancellationToken)
    {
        var target = Current;
        if (IsLeftAlone(target)) return null;
        var (slot, full) = await EnterAsync(target, cancellationToken);
        if (full is not null)
        {
            _failures.Add(target, full);
            return null;
        }

        if (!IsLeftAlone(target))
        {
            if (_parts.Breakers.TryPass(target) is { } pass) return Begin(target, pass, slot);
            _failures.Skip(target, "it failed repeatedly and is being tried with another request");
        }

        slot?.Dispose();
        return null;
    }

    private bool IsLeftAlone(Target target)
    {
        var remaining = _parts.Breakers.Remaining(target);
        if (remaining == TimeSpan.Zero) return false;
        _failures.Skip(target, $"it failed repeatedly and is tried again in {Math.Ceiling(remaining.TotalSeconds):N0} s");
        return true;
    }

    // Every target is left alone: better one question too many than no answer. The first is what the user prefers.
    private async ValueTask<Attempt?> ForceAsync(CancellationToken cancellationToken)
    {
        _forced = true;
        var target = _targets[0];
        // The others aren't asked any more.
        _index = _targets.Count - 1;
        var (slot, full) = await EnterAsync(target, cancellationToken);
        if (full is null) return Begin(target, _parts.Breakers.Force(target), slot);
        _failures.Add(target, full);
        return null;
    }

    private Attempt Begin(Target target, CircuitPass pass, LaneSlot? slot)
    {
        _attempt++;
        _asked = true;
        return new Attempt(target, _parts.Providers[target.Provider], pass, slot);
    }

    private async ValueTask<(LaneSlot? Slot, UpstreamError? Full)> EnterAsync(Target target, CancellationToken cancellationToken)
    {
        _watch.Trying(target);
        if (await _parts.Providers[target.Provider].LaneOfAsync(target, cancellationToken) is not { } limit) return default;
        var slot = await _parts.Lanes.EnterAsync(limit, _caller, cancellationToken);
        if (slot is null)
        {
            var words = $"{target}: {limit.Concurrency} requests are answered at once and {limit.Queue} wait already ({limit.Lane}, settings concurrency and queue). Try again later.";
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
}
