namespace Dragoman.Tests.Configuration;

/// <summary>A clock whose timers fire when the test says so, each once a tick.</summary>
internal sealed class TickingClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];

    /// <summary>Lets every timer fire.</summary>
    public void Tick()
    {
        Timer[] timers;
        lock (_lock) timers = [.. _timers];
        foreach (var timer in timers) timer.Fire();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        lock (_lock) _timers.Add(timer);
        return timer;
    }

    private void Remove(Timer timer)
    {
        lock (_lock) _timers.Remove(timer);
    }

    private sealed class Timer(TickingClock clock, TimerCallback callback, object? state) : ITimer
    {
        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
