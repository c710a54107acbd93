using Dragoman.Providers;

namespace Dragoman.Delivery;

/// <summary>
/// The lanes of all upstreams, by name. They outlive an exchange of the configuration: a request that began under the old one still holds its place.
/// One lock for all: it is held for a few steps at the beginning and the end of a request.
/// </summary>
internal sealed class Lanes(TimeProvider time)
{
    // A model's name may come from the client, so names that nobody uses any more must not pile up.
    private const int MaxIdle = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<LaneName, Lane> _lanes = [];

    /// <summary>Takes a place in a lane, waiting for it if it must be. Null: as many wait already as may.</summary>
    /// <exception cref="OperationCanceledException">It is no longer wanted.</exception>
    public ValueTask<LaneSlot?> EnterAsync(LaneLimit limit, Caller caller, CancellationToken cancellationToken)
    {
        Waiter? waiter;
        lock (_lock)
        {
            var lane = Find(limit.Lane);
            lane.Limit(limit.Concurrency);
            if (lane.TryEnter()) return ValueTask.FromResult<LaneSlot?>(new LaneSlot(this, lane));
            waiter = lane.Join(caller, limit.Queue);
        }

        return waiter is null ? default : WaitAsync(waiter, cancellationToken);
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(Lane lane)
    {
        lock (_lock) lane.Leave();
    }

    private async ValueTask<LaneSlot?> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        await using var left = cancellationToken.UnsafeRegister((_, token) => Quit(waiter, token), state: null);
        await waiter.WaitAsync();
        return new LaneSlot(this, waiter.Lane) { Queued = time.GetElapsedTime(began) };
    }

    private void Quit(Waiter waiter, CancellationToken cancellationToken)
    {
        // Who has been admitted meanwhile gives the place back as everybody does.
        lock (_lock)
        {
            if (!waiter.Lane.Quit(waiter)) return;
        }

        waiter.Cancel(cancellationToken);
    }

    private Lane Find(LaneName name)
    {
        if (_lanes.TryGetValue(name, out var lane)) return lane;
        if (_lanes.Count >= MaxIdle)
        {
            foreach (var idle in _lanes.Where(entry => entry.Value.IsIdle).Select(entry => entry.Key).ToList()) _lanes.Remove(idle);
        }

        return _lanes[name] = new Lane();
    }
}

/// <summary>A place in a lane, until it is disposed.</summary>
internal sealed class LaneSlot(Lanes lanes, Lane lane) : IDisposable
{
    private Lane? _lane = lane;

    /// <summary>How long it was waited for.</summary>
    public TimeSpan Queued { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _lane, null) is { } held) lanes.Leave(held);
    }
}
