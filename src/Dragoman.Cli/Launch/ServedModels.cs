namespace Dragoman.Cli.Launch;

/// <summary>What a client must know of the gateway.</summary>
/// <param name="Url">Its address, without a path or a slash at the end.</param>
/// <param name="Token">The key that it wants; without one any word.</param>
/// <param name="Tiers">What answers for each tier, the largest first; empty when only the demo does.</param>
internal sealed record ServedModels(string Url, string Token, IReadOnlyList<ServedModel> Tiers)
{
    /// <summary>The one model for everything, when the person named one.</summary>
    public ServedModel? Only { get; init; }

    /// <summary>What a tier gets.</summary>
    public ServedModel? Of(string tier) => Only ?? Tiers.FirstOrDefault(model => model.Tier == tier);

    /// <summary>What the main conversation gets.</summary>
    public ServedModel? Main => Of("sonnet");

    /// <summary>The smallest window of the models that hold the main conversation, in tokens; null when one isn't known.</summary>
    public int? Window
    {
        get
        {
            int?[] windows = Only is not null ? [Only.ContextTokens] : [Of("opus")?.ContextTokens, Of("sonnet")?.ContextTokens];
            // The demo has no window that means anything.
            if (Main is null or { IsDemo: true }) return null;
            return Array.TrueForAll(windows, window => window is not null) ? windows.Min() : null;
        }
    }
}

/// <summary>A model as the gateway serves it.</summary>
/// <param name="Tier"><c>opus</c>, <c>sonnet</c>, <c>haiku</c>, or empty.</param>
/// <param name="Targets">Who may answer, <c>provider/model</c>, in their order.</param>
/// <param name="ContextTokens">The first one's window; null when nobody says.</param>
internal sealed record ServedModel(string Tier, IReadOnlyList<string> Targets, int? ContextTokens)
{
    /// <summary>
    /// The name by which a client asks for this model itself; null when it must keep Claude's, since several stand behind it (a fallback would be lost), a role may
    /// take the request, or the upstream has Claude's names.
    /// </summary>
    public string? Pin => Targets is [{ } only] && !Name.StartsWith("claude", StringComparison.OrdinalIgnoreCase) && !IsDemo && !ByRole ? only : null;

    /// <summary>The configuration has roles, which concern only requests for Claude's names.</summary>
    public bool ByRole { get; init; }

    /// <summary>Nobody but the built-in demo answers.</summary>
    public bool IsDemo => Targets is ["demo/demo"];

    /// <summary>The model's own name.</summary>
    public string Name => Targets[0][(Targets[0].IndexOf('/') + 1)..];

    /// <summary>The provider's name.</summary>
    public string Provider => Targets[0][..Targets[0].IndexOf('/')];
}
