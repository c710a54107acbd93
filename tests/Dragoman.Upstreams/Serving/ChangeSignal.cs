namespace Dragoman.Upstreams.Serving;

/// <summary>Lets a test wait until something about a server is true, without polling: whoever changes the state says so.</summary>
internal sealed class ChangeSignal
{
    private readonly Lock gate = new();
    private TaskCompletionSource nextChange = NewSource();

    /// <summary>Wakes everybody who waits; each looks at its own condition again.</summary>
    public void Changed()
    {
        TaskCompletionSource changed;
        lock (gate)
        {
            changed = nextChange;
            nextChange = NewSource();
        }

        changed.SetResult();
    }

    /// <summary>Completes when <paramref name="condition"/> holds.</summary>
    /// <exception cref="OperationCanceledException">The condition did not come true before the token was cancelled.</exception>
    public async Task WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (gate)
            {
                // Taken before the condition is looked at, so a change in between is not missed.
                change = nextChange.Task;
            }

            if (condition())
            {
                return;
            }

            await change.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
