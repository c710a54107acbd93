namespace Dragoman.Delivery;

/// <summary>
/// A queue of one priority in which sessions take turns: whoever sends many requests delays his own. Within a session the first comes first.
/// Not safe for threads; the lanes' lock guards it.
/// </summary>
internal sealed class FairQueue
{
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly LinkedList<Line> _turns = new();

    /// <summary>Nobody waits.</summary>
    public bool IsEmpty => _turns.Count == 0;

    /// <summary>Puts a waiter at the end of its session's line; a session that is new here has its turn after all others.</summary>
    public void Add(Waiter waiter)
    {
        if (!_lines.TryGetValue(waiter.Session, out var line))
        {
            line = new Line();
            _lines.Add(waiter.Session, line);
            _turns.AddLast(line.Turn);
        }

        line.Waiters.AddLast(waiter.Place);
    }

    /// <summary>Takes the one whose turn it is; the queue must not be empty.</summary>
    public Waiter Take()
    {
        var line = _turns.First!.Value;
        var waiter = line.Waiters.First!.Value;
        // The others' turn comes first now.
        _turns.RemoveFirst();
        _turns.AddLast(line.Turn);
        Remove(waiter);
        return waiter;
    }

    /// <summary>Takes one out who no longer waits.</summary>
    public void Remove(Waiter waiter)
    {
        var line = _lines[waiter.Session];
        line.Waiters.Remove(waiter.Place);
        if (line.Waiters.Count > 0) return;
        _turns.Remove(line.Turn);
        _lines.Remove(waiter.Session);
    }

    private sealed class Line
    {
        public Line() => Turn = new LinkedListNode<Line>(this);

        public LinkedListNode<Line> Turn { get; }

        public LinkedList<Waiter> Waiters { get; } = new();
    }
}

/// <summary>One request that waits for its lane.</summary>
internal sealed class Waiter
{
    private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins to wait.</summary>
    public Waiter(Lane lane, Caller caller)
    {
        (Lane, Priority, Session) = (lane, caller.Priority, caller.Session ?? "");
        Place = new LinkedListNode<Waiter>(this);
    }

    /// <summary>What it waits for.</summary>
    public Lane Lane { get; }

    /// <summary>Which queue it stands in.</summary>
    public Priority Priority { get; }

    /// <summary>Whose it is.</summary>
    public string Session { get; }

    /// <summary>Its place in its session's line.</summary>
    public LinkedListNode<Waiter> Place { get; }

    /// <summary>Waits until it may go.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task WaitAsync() => _admitted.Task.WaitAsync(CancellationToken.None);

    /// <summary>Lets it go. It goes on in its own time, not within the lock.</summary>
    public void Admit() => _admitted.SetResult();

    /// <summary>It waits no longer.</summary>
    public void Cancel(CancellationToken cancellationToken) => _admitted.SetCanceled(cancellationToken);
}
