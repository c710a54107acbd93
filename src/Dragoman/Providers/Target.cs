namespace Dragoman.Providers;

/// <summary>Where a request goes.</summary>
/// <param name="Provider">The provider's name in the configuration.</param>
/// <param name="Model">The upstream's name for the model.</param>
internal sealed record Target(string Provider, string Model)
{
    /// <summary><c>provider/model</c>.</summary>
    public override string ToString() => $"{Provider}/{Model}";
}
