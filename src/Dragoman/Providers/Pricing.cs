namespace Dragoman.Providers;

/// <summary>Who knows what a model's answers cost.</summary>
internal enum PricingKind
{
    /// <summary>Nobody; so no figure is shown, as it would be made up.</summary>
    Unknown,

    /// <summary>The configuration, or the upstream's list of models.</summary>
    Priced,

    /// <summary>It runs on hardware of the user's own, which sends no bill.</summary>
    Local,

    /// <summary>Anthropic's own model, whose price Claude Code has built in.</summary>
    OfClient,
}

/// <summary>What is known of a model's price.</summary>
/// <param name="Kind">Who knows it.</param>
/// <param name="Price">The price; null unless <paramref name="Kind"/> is <see cref="PricingKind.Priced"/>.</param>
internal readonly record struct Pricing(PricingKind Kind, ModelPrice? Price)
{
    /// <summary>Nobody knows it.</summary>
    public static Pricing Unknown => default;

    /// <summary>There is none.</summary>
    public static Pricing Local => new(PricingKind.Local, Price: null);

    /// <summary>The client knows it.</summary>
    public static Pricing OfClient => new(PricingKind.OfClient, Price: null);

    /// <summary>It is this one.</summary>
    public static Pricing Of(ModelPrice price) => new(PricingKind.Priced, price);
}
