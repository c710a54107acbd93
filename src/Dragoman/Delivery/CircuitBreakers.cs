using System.Collections.Concurrent;
using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Delivery;

/// <summary>
/// The circuit breakers of all upstreams. What can't be reached is a provider; what breaks, is overloaded or falls silent may be one of its models alone
/// (a model that doesn't fit the memory, a region without capacity), so that is counted by model. They outlive an exchange of the configuration.
/// </summary>
internal sealed class CircuitBreakers(TimeProvider time)
{
    // A model's name may come from the client; where there are more, those that are closed have nothing to remember that matters.
    private const int MaxRemembered = 1000;

    // There is a breaker only for what has failed.
    private readonly ConcurrentDictionary<string, CircuitBreaker> _providers = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<Target, CircuitBreaker> _models = new();

    /// <summary>For how much longer a target is left alone; zero when it may be asked.</summary>
    public TimeSpan Remaining(Target target)
    {
        var provider = _providers.GetValueOrDefault(target.Provider)?.Remaining ?? TimeSpan.Zero;
        var model = _models.GetValueOrDefault(target)?.Remaining ?? TimeSpan.Zero;
        return provider > model ? provider : model;
    }

    /// <summary>Lets a request through to a target; null when it is left alone now.</summary>
    public CircuitPass? TryPass(Target target)
    {
        CircuitProbe? ofModel = null, ofProvider = null;
        if (_models.GetValueOrDefault(target) is { IsClosed: false } model && (ofModel = model.TryProbe()) is null) return null;
        if (_providers.GetValueOrDefault(target.Provider) is { IsClosed: false } provider && (ofProvider = provider.TryProbe()) is null)
        {
            ofModel?.End(failed: true);
            return null;
        }

        return new CircuitPass(this, target, ofModel, ofProvider);
    }

    /// <summary>Lets a request through whatever happened before: there is nobody else to ask.</summary>
    public CircuitPass Force(Target target) => new(this, target, ofModel: null, ofProvider: null) { Forced = true };

    /// <summary>Tells a provider's breaker how a request ended that was no probe.</summary>
    public ValueTask ReportProviderAsync(Target target, bool failed, bool forced) => ReportAsync(Of(_providers, target.Provider, failed), failed, forced);

    /// <summary>Tells a model's breaker how a request ended that was no probe.</summary>
    public ValueTask ReportModelAsync(Target target, bool failed, bool forced) => ReportAsync(Of(_models, target, failed), failed, forced);

    /// <summary>The provider itself wasn't reached.</summary>
    public static bool IsOfProvider(UpstreamErrorKind? failure) => failure is UpstreamErrorKind.Unreachable;

    /// <summary>The provider was reached, and the model failed. Refusals are no failures: an upstream that refuses works.</summary>
    public static bool IsOfModel(UpstreamErrorKind? failure) => failure is UpstreamErrorKind.Broken or UpstreamErrorKind.Overloaded or UpstreamErrorKind.TimedOut;

    private static ValueTask ReportAsync(CircuitBreaker? breaker, bool failed, bool forced)
    {
        if (breaker is null) return default;
        if (forced && !failed) return breaker.CloseAsync();
        breaker.Report(failed);
        return default;
    }

    private CircuitBreaker? Of<TKey>(ConcurrentDictionary<TKey, CircuitBreaker> breakers, TKey name, bool failed)
        where TKey : notnull
    {
        if (breakers.TryGetValue(name, out var known) || !failed) return known;
        if (breakers.Count >= MaxRemembered)
        {
            foreach (var (closed, _) in breakers.Where(entry => entry.Value.IsClosed)) breakers.TryRemove(closed, out _);
        }

        return breakers.GetOrAdd(name, _ => new CircuitBreaker(time));
    }
}

/// <summary>A request's leave to ask a target; whoever has it tells how it ended.</summary>
internal sealed class CircuitPass(CircuitBreakers breakers, Target target, CircuitProbe? ofModel, CircuitProbe? ofProvider)
{
    private CircuitProbe? _ofModel = ofModel;
    private CircuitProbe? _ofProvider = ofProvider;

    /// <summary>The circuit is open, and the request goes through nevertheless.</summary>
    public bool Forced { get; init; }

    /// <summary>Tells how it ended; may be told again when an answer that had begun well breaks later.</summary>
    /// <param name="failure">How the upstream failed; null: it answered.</param>
    public async ValueTask ReportAsync(UpstreamErrorKind? failure)
    {
        var unreached = CircuitBreakers.IsOfProvider(failure);
        var failed = CircuitBreakers.IsOfModel(failure);
        if (Interlocked.Exchange(ref _ofProvider, null) is { } providerProbe) providerProbe.End(unreached);
        else await breakers.ReportProviderAsync(target, unreached, Forced);
        if (Interlocked.Exchange(ref _ofModel, null) is { } modelProbe) modelProbe.End(failed || unreached);
        // Of a model that wasn't reached nothing is known.
        else if (!unreached) await breakers.ReportModelAsync(target, failed, Forced);
    }

    /// <summary>The request is over and nobody knows how it would have ended.</summary>
    public void Abandon()
    {
        Interlocked.Exchange(ref _ofProvider, null)?.End(failed: true);
        Interlocked.Exchange(ref _ofModel, null)?.End(failed: true);
    }
}
