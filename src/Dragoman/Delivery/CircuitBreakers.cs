using System.Collections.Concurrent;
using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Delivery;

/// <summary>
/// The circuit breakers of all upstreams, and the pauses that upstreams have asked for. What can't be reached is a provider; what breaks, is overloaded or falls
/// silent may be one of its models alone (a model that doesn't fit the memory, a region without capacity), so that is counted by model, as limits are. They
/// outlive an exchange of the configuration.
/// </summary>
internal sealed class CircuitBreakers(TimeProvider time)
{
    // A model's name may come from the client; where there are more, those that are closed have nothing to remember that matters.
    private const int MaxRemembered = 1000;

    // There is a breaker only for what has failed.
    private readonly ConcurrentDictionary<string, CircuitBreaker> _providers = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<Target, CircuitBreaker> _models = new();

    // No failures: an upstream that says when it answers again works.
    private readonly Rests<Target> _rests = new(time);

    /// <summary>The time in which a target is left alone; null when it may be asked.</summary>
    public Pause? PauseOf(Target target)
    {
        var provider = _providers.GetValueOrDefault(target.Provider)?.Remaining ?? TimeSpan.Zero;
        var model = _models.GetValueOrDefault(target)?.Remaining ?? TimeSpan.Zero;
        var failed = provider > model ? provider : model;
        var rest = _rests.Left(target);
        if (rest > failed) return new Pause(rest, "it has asked for a pause");
        return failed > TimeSpan.Zero ? new Pause(failed, "it failed repeatedly") : null;
    }

    /// <summary>Leaves a target alone for as long as it wants; gives how long that will be.</summary>
    public TimeSpan Rest(Target target, TimeSpan length) => _rests.Begin(target, length);

    /// <summary>A target has answered in its pause, so that is over.</summary>
    public void EndRest(Target target) => _rests.End(target);

    /// <summary>A provider has other settings now, perhaps another key: what it wanted before says nothing.</summary>
    public void EndRests(string provider) => _rests.End(target => string.Equals(target.Provider, provider, StringComparison.OrdinalIgnoreCase));

    /// <summary>Lets a request through to a target; null when it is left alone now.</summary>
    public CircuitPass? TryPass(Target target)
    {
        CircuitProbe? ofModel = null, ofProvider = null;
        if (_models.GetValueOrDefault(target) is { IsClosed: false } model && (ofModel = model.TryProbe()) is null) return null;
        if (_providers.GetValueOrDefault(target.Provider) is { IsClosed: false } provider && (ofProvider = provider.TryProbe()) is null)
        {
            ofModel?.TryEnd(failed: true);
            return null;
        }

        return new CircuitPass(this, target, ofModel, ofProvider);
    }

    /// <summary>Lets a request through whatever happened before: there is nobody else to ask.</summary>
    public CircuitPass Force(Target target) => new(this, target, OfModel: null, OfProvider: null) { Forced = true };

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
/// <param name="Breakers">Who is told.</param>
/// <param name="Target">What may be asked.</param>
/// <param name="OfModel">The request is the probe of the model's circuit; null: it is not.</param>
/// <param name="OfProvider">The request is the probe of the provider's circuit; null: it is not.</param>
internal readonly record struct CircuitPass(CircuitBreakers Breakers, Target Target, CircuitProbe? OfModel, CircuitProbe? OfProvider)
{
    /// <summary>The target was to be left alone, and the request goes through nevertheless.</summary>
    public bool Forced { get; init; }

    /// <summary>Tells how it ended; may be told again when an answer that had begun well breaks later.</summary>
    /// <param name="failure">How the upstream failed; null: it answered.</param>
    public async ValueTask ReportAsync(UpstreamErrorKind? failure)
    {
        if (failure is null && Forced) Breakers.EndRest(Target);
        var unreached = CircuitBreakers.IsOfProvider(failure);
        var failed = CircuitBreakers.IsOfModel(failure);
        if (OfProvider?.TryEnd(unreached) != true) await Breakers.ReportProviderAsync(Target, unreached, Forced);
        // Of a model that wasn't reached nothing is known.
        if (OfModel?.TryEnd(failed || unreached) != true && !unreached) await Breakers.ReportModelAsync(Target, failed, Forced);
    }

    /// <summary>The request is over; where it was a probe and nobody knows how it would have ended, it counts as a failure: the circuit stays open and is probed again later.</summary>
    public void Abandon()
    {
        OfProvider?.TryEnd(failed: true);
        OfModel?.TryEnd(failed: true);
    }
}

/// <summary>A time in which a target isn't asked.</summary>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reason">Why, as a half sentence about the target.</param>
internal readonly record struct Pause(TimeSpan Remaining, string Reason);
