namespace Dragoman.Upstreams.Ollama;

/// <summary>A number that tests can wait for.</summary>
internal sealed class Watched
{
    private readonly Lock _lock = new();
    private readonly List<(Func<int, bool> Condition, TaskCompletionSource Reached)> _waiting = [];

    /// <summary>The number now.</summary>
    public int Value { get; private set; }

    /// <summary>Changes the number.</summary>
    public void Add(int change)
    {
        lock (_lock)
        {
            Value += change;
            foreach (var (_, reached) in _waiting.Where(waiter => waiter.Condition(Value)).ToList()) reached.TrySetResult();
            _waiting.RemoveAll(waiter => waiter.Reached.Task.IsCompleted);
        }
    }

    /// <summary>Waits until the number fits.</summary>
    public Task WaitAsync(Func<int, bool> condition, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (condition(Value)) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((condition, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }
}
