namespace Dragoman.Tests.Discovery;

/// <summary>A clock whose timers fire when the test lets time pass, and not before.</summary>
internal sealed class SetClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private TimeSpan _now;

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time)
    {
        List<Timer> due;
        lock (_lock)
        {
            _now += time;
            due = [.. _timers.Where(timer => timer.Due <= _now)];
            _timers.RemoveAll(due.Contains);
        }

        foreach (var timer in due) timer.Callback();
    }

    /// <summary>Lets time pass, from timer to timer, until something has ended; returns how much has passed in all.</summary>
    public async Task<TimeSpan> PassUntilEndedAsync(Task task, CancellationToken cancellationToken)
    {
        while (!task.IsCompleted)
        {
            TimeSpan? next;
            lock (_lock) next = _timers.Where(timer => timer.Due < TimeSpan.MaxValue).Min(timer => (TimeSpan?)timer.Due) - _now;
            if (next is { } time) Pass(time);
            else await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }

        lock (_lock) return _now;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            var timer = new Timer(this, () => callback(state)) { Due = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : _now + dueTime };
            _timers.Add(timer);
            return timer;
        }
    }

    private sealed class Timer(SetClock clock, Action callback) : ITimer
    {
        public Action Callback { get; } = callback;

        public TimeSpan Due { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : clock._now + dueTime;
                if (!clock._timers.Contains(this)) clock._timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
