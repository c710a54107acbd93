using Polly;
using Polly.CircuitBreaker;

namespace Dragoman.Delivery;

/// <summary>
/// Whether an upstream is worth asking. After repeated failures it is left alone for a while, then one request is let through as a probe: its success closes
/// the circuit, its failure opens it anew. The counting is Polly's; an answer is no call that Polly could wrap, so it is told how each one ended.
/// </summary>
internal sealed class CircuitBreaker
{
    /// <summary>How long an upstream is left alone.</summary>
    public static readonly TimeSpan Break = TimeSpan.FromSeconds(15);

    // What is older tells nothing of now.
    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(30);

    // Two requests' worth of repeats, or as many requests that go to the next target at once: fewer failures may be chance.
    private const int LeastFailures = 5;

    // A healthy upstream that fails now and then stays in use.
    private const double FailureRatio = 0.5;

    private readonly TimeProvider _time;
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly CircuitBreakerManualControl _control = new();
    private readonly ResiliencePipeline<bool> _pipeline;
    private long _opened;

    /// <summary>Begins closed.</summary>
    public CircuitBreaker(TimeProvider time)
    {
        _time = time;
        _pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = FailureRatio,
                MinimumThroughput = LeastFailures,
                SamplingDuration = Sampling,
                BreakDuration = Break,
                StateProvider = _state,
                ManualControl = _control,
                // The result says whether the upstream failed.
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result),
            })
            .Build();
    }

    /// <summary>Requests go through.</summary>
    public bool IsClosed => _state.CircuitState == CircuitState.Closed;

    /// <summary>For how much longer the upstream is left alone; zero when a request may go through, be it as a probe.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (IsClosed) return TimeSpan.Zero;
            var remaining = Break - _time.GetElapsedTime(Volatile.Read(ref _opened));
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    /// <summary>Tells how a request ended that was let through while the circuit was closed.</summary>
    public void Report(bool failed)
    {
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        var reported = _pipeline.ExecuteOutcomeAsync(static (_, failed) => ValueTask.FromResult(Outcome.FromResult(failed)), context, failed);
        if (reported.IsCompleted) ResilienceContextPool.Shared.Return(context);
        Note();
    }

    /// <summary>Asks for the one probe that an open circuit lets through when its time has come; null when another one is under way or it is too early.</summary>
    public CircuitProbe? TryProbe()
    {
        var verdict = new TaskCompletionSource<Outcome<bool>>();
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        var probing = _pipeline.ExecuteOutcomeAsync(static (_, verdict) => new ValueTask<Outcome<bool>>(verdict.Task), context, verdict);
        if (!probing.IsCompleted) return new CircuitProbe(this, verdict);
        ResilienceContextPool.Shared.Return(context);
        return null;
    }

    /// <summary>A request that was let through although the circuit is open has succeeded.</summary>
    public ValueTask CloseAsync() => new(_control.CloseAsync(CancellationToken.None));

    /// <summary>Remembers when the circuit opened.</summary>
    internal void Note()
    {
        if (_state.CircuitState == CircuitState.Open && Remaining == TimeSpan.Zero) Volatile.Write(ref _opened, _time.GetTimestamp());
    }
}

/// <summary>The probe of an open circuit, until its verdict is known.</summary>
internal sealed class CircuitProbe(CircuitBreaker breaker, TaskCompletionSource<Outcome<bool>> verdict)
{
    /// <summary>Tells how it ended; false when that was told before.</summary>
    public bool TryEnd(bool failed)
    {
        // What Polly makes of it is done when this returns: the continuation runs here.
        if (!verdict.TrySetResult(Outcome.FromResult(failed))) return false;
        breaker.Note();
        return true;
    }
}
