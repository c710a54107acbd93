namespace Dragoman.Delivery;

/// <summary>One upstream's requests: so many at once, the others in queues by priority. Not safe for threads; <see cref="Lanes"/> guards it.</summary>
internal sealed class Lane
{
    private static readonly int Priorities = Enum.GetValues<Priority>().Length;

    private FairQueue[]? _queues;
    private int _concurrency;
    private int _busy;
    private int _waiting;

    /// <summary>Nobody is here and nobody waits.</summary>
    public bool IsIdle => _busy == 0 && _waiting == 0;

    /// <summary>Takes the limit as the configuration has it now; where it grew, those who wait go on.</summary>
    public void Limit(int concurrency)
    {
        if (_concurrency == concurrency) return;
        _concurrency = concurrency;
        AdmitNext();
    }

    /// <summary>Takes a free place.</summary>
    public bool TryEnter()
    {
        if (_busy >= _concurrency) return false;
        _busy++;
        return true;
    }

    /// <summary>Joins a queue; null when there are <paramref name="limit"/> in it already.</summary>
    public Waiter? Join(Caller caller, int limit)
    {
        if (_waiting >= limit) return null;
        _queues ??= [.. Enumerable.Range(0, Priorities).Select(_ => new FairQueue())];
        var waiter = new Waiter(this, caller);
        _queues[(int)caller.Priority].Add(waiter);
        _waiting++;
        return waiter;
    }

    /// <summary>Leaves the queue; false when the place is taken already.</summary>
    public bool Quit(Waiter waiter)
    {
        if (waiter.Place.List is null) return false;
        _queues![(int)waiter.Priority].Remove(waiter);
        _waiting--;
        return true;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        _busy--;
        AdmitNext();
    }

    private void AdmitNext()
    {
        while (_waiting > 0 && _busy < _concurrency)
        {
            var queue = Array.Find(_queues!, queue => !queue.IsEmpty)!;
            _busy++;
            _waiting--;
            queue.Take().Admit();
        }
    }
}
