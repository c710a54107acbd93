namespace Dragoman.Discovery;

/// <summary>A place where models may be: a row of <see cref="Sources"/>.</summary>
/// <param name="Name">Its name in the configuration, and in <c>provider/model</c>.</param>
/// <param name="Type">The provider type that speaks to it.</param>
internal sealed record Source(string Name, string Type)
{
    /// <summary>How the server or service speaks OpenAI's API; null where the provider finds that out, or for other types.</summary>
    public string? Dialect { get; init; }

    /// <summary>Where it is, when the provider doesn't know; of a server on this machine always.</summary>
    public string? Address { get; init; }

    /// <summary>The <c>owned_by</c> in the server's list of models, by which it is known at any port.</summary>
    public string? Owner { get; init; }

    /// <summary>Hardly anything else listens on its port.</summary>
    public bool OwnsPort { get; init; }

    /// <summary>What it lists is loaded already, so that it fits into its memory.</summary>
    public bool IsInMemory { get; init; }

    /// <summary>Environment variables that hold the key (or, for a server on this machine, the address); the first that is set counts.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Environment variable by which people lead clients of a service to another address.</summary>
    public string? AddressVariable { get; init; }

    /// <summary>It runs on this machine and costs nothing.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Credentials of Google Cloud instead of a key.</summary>
    public bool IsGoogleCloud { get; init; }

    /// <summary>Patterns of the models that stand for opus and sonnet, the best first; of several that fit one the newest. Empty: <see cref="TierRules"/> alone decide.</summary>
    public IReadOnlyList<string> Large { get; init; } = [];

    /// <summary>The same for haiku.</summary>
    public IReadOnlyList<string> Small { get; init; } = [];

    /// <summary>Words in the names of models that are left out of <see cref="Large"/>.</summary>
    public IReadOnlyList<string> SmallWords { get; init; } = [];

    /// <summary>Words in the names of models that are left out of both: not for an agent, or for another purse.</summary>
    public IReadOnlyList<string> OtherWords { get; init; } = [];

    /// <summary>What a person does to get it, in a few words.</summary>
    public string? Remedy { get; init; }
}
