using Dragoman.Providers;

namespace Dragoman.Discovery;

/// <summary>What stands for one of Claude's tiers.</summary>
/// <param name="Name"><c>opus</c>, <c>sonnet</c> or <c>haiku</c>.</param>
/// <param name="Target">The model.</param>
/// <param name="Model">What is known of it.</param>
internal sealed record Tier(string Name, Target Target, ModelInfo Model)
{
    /// <summary>The tiers, the largest first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["opus", "sonnet", "haiku"];

    /// <summary>A name of Claude's by which agents ask for a tier.</summary>
    public static string ClaudeName(string tier) => $"claude-{tier}-4-5";
}
