namespace Dragoman.Routing;

/// <summary>The client's name for a model, without what clients add to it.</summary>
internal static class ModelName
{
    /// <summary>What ids in the list for Claude Code begin with: its discovery keeps only ids that contain <c>anthropic</c> or <c>claude</c>.</summary>
    public const string DiscoveryPrefix = "anthropic/";

    /// <summary>Removes the discovery prefix and Claude Code's context suffix (<c>[1m]</c>).</summary>
    public static string Clean(string model)
    {
        var name = model.Trim();
        if (name.EndsWith(']') && name.LastIndexOf('[') is > 0 and var bracket) name = name[..bracket];
        return name.StartsWith(DiscoveryPrefix, StringComparison.OrdinalIgnoreCase) ? name[DiscoveryPrefix.Length..] : name;
    }

    /// <summary>Removes the date or <c>-latest</c> from a Claude id: <c>claude-sonnet-4-5-20250929</c> is <c>claude-sonnet-4-5</c>.</summary>
    public static string Base(string model)
    {
        var dash = model.LastIndexOf('-');
        return dash > 0 && IsVersionSuffix(model.AsSpan(dash + 1)) ? model[..dash] : model;
    }

    /// <summary>True for the names of Anthropic's models, which an upstream elsewhere doesn't have.</summary>
    public static bool IsClaude(string model) => model.StartsWith("claude", StringComparison.OrdinalIgnoreCase);

    /// <summary>The tier of a Claude model by the word in its id; null when there is none.</summary>
    public static string? Tier(string model) =>
        Array.Find(["opus", "sonnet", "haiku"], tier => model.Contains(tier, StringComparison.OrdinalIgnoreCase));

    private static bool IsVersionSuffix(ReadOnlySpan<char> suffix)
    {
        const int dateLength = 8;
        return suffix is "latest" || (suffix.Length == dateLength && suffix.StartsWith("20") && !suffix.ContainsAnyExceptInRange('0', '9'));
    }
}
