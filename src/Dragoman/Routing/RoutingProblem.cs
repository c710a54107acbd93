namespace Dragoman.Routing;

/// <summary>Something that is wrong with the configuration of the routing.</summary>
/// <param name="Path">The setting, as <c>models.claude-*.use[1].weight</c>.</param>
/// <param name="Text">What is wrong, and what is allowed.</param>
internal readonly record struct RoutingProblem(string Path, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Text}";
}
