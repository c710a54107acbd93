namespace Dragoman.Providers;

/// <summary>What isn't asked for a while, as it has said that it would refuse: keys, models. Only in memory, safe for threads.</summary>
/// <typeparam name="TName">What rests.</typeparam>
internal sealed class Rests<TName>(TimeProvider time)
    where TName : notnull
{
    // Names of models come from clients. Where more rest than this at once they are forgotten, and each is asked once in vain.
    private const int MaxResting = 1000;

    // A quota that is used up for the day is asked every hour all the same: it may have been raised, and clocks differ.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<TName, (long Since, TimeSpan Length)> _resting = [];

    // Read without the lock: nearly always nothing rests.
    private volatile bool _any;

    /// <summary>Begins a rest, in place of one that runs; gives its length, which has a limit.</summary>
    public TimeSpan Begin(TName name, TimeSpan length)
    {
        length = length < Longest ? length : Longest;
        lock (_lock)
        {
            if (_resting.Count >= MaxResting) _resting.Clear();
            _resting[name] = (time.GetTimestamp(), length);
            _any = true;
        }

        return length;
    }

    /// <summary>How long something still rests; zero when it doesn't.</summary>
    public TimeSpan Left(TName name)
    {
        if (!_any) return TimeSpan.Zero;
        lock (_lock)
        {
            if (!_resting.TryGetValue(name, out var rest)) return TimeSpan.Zero;
            if (rest.Length - time.GetElapsedTime(rest.Since) is { Ticks: > 0 } left) return left;
            Forget(name);
            return TimeSpan.Zero;
        }
    }

    /// <summary>Ends a rest before its time.</summary>
    public void End(TName name)
    {
        lock (_lock) Forget(name);
    }

    /// <summary>Ends the rests of some.</summary>
    public void End(Predicate<TName> which)
    {
        lock (_lock)
        {
            foreach (var name in _resting.Keys.Where(name => which(name)).ToList()) Forget(name);
        }
    }

    private void Forget(TName name)
    {
        _resting.Remove(name);
        _any = _resting.Count > 0;
    }
}
