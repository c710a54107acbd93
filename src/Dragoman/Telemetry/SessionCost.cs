using Dragoman.Providers;

namespace Dragoman.Telemetry;

/// <summary>What a session's answers have cost so far.</summary>
/// <param name="Sum">US dollars of all answers whose cost is known.</param>
/// <param name="IsPartial">Some answers cost something that is not known, so the sum is a lower bound.</param>
internal readonly record struct SessionCost(decimal Sum, bool IsPartial)
{
    /// <summary>Some answers are Anthropic's own, as the client asked for them.</summary>
    private bool HasClients { get; init; }

    /// <summary>Some answers are not.</summary>
    private bool HasOthers { get; init; }

    /// <summary>All answers are Anthropic's own, so that what the client reckons by its built-in prices is right; with any other answer it isn't.</summary>
    public bool IsOfClient => HasClients && !HasOthers;

    /// <summary>The cost with one more answer, which may have been cut off before it told what it used.</summary>
    public SessionCost With(Exchange exchange)
    {
        if (exchange.Cost is { } dollars) return this with { Sum = Sum + dollars, HasOthers = true };
        return exchange.Pricing.Kind switch
        {
            PricingKind.Local => this with { HasOthers = true },
            // The client reckons by the name that it asked for.
            PricingKind.OfClient when string.Equals(exchange.Target?.Model, exchange.ClientModel, StringComparison.OrdinalIgnoreCase) => this with { HasClients = true, IsPartial = true },
            _ => this with { HasOthers = true, IsPartial = true },
        };
    }
}
