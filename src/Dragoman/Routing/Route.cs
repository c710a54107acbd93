using Dragoman.Providers;

namespace Dragoman.Routing;

/// <summary>Where a request goes, and why.</summary>
/// <param name="Targets">In the order in which they are asked; at least one.</param>
/// <param name="Reason">Why, in words such as <c>role background (title request)</c>, <c>models "claude-opus-*"</c>, <c>default map "claude-opus-4-5"</c>.</param>
internal sealed record Route(IReadOnlyList<Target> Targets, string Reason)
{
    /// <summary>The role that decided; null: the name did.</summary>
    public string? Role { get; init; }

    /// <summary>What keeps the conversation at the first target, where load is spread; null: the order is the configuration's.</summary>
    public Affinity? Affinity { get; init; }
}
