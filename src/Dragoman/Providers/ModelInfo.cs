namespace Dragoman.Providers;

/// <summary>A model that an upstream has.</summary>
internal sealed record ModelInfo
{
    /// <summary>The upstream's name for it, for example <c>qwen3:8b</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Other names by which the upstream knows it, for example <c>qwen3</c> for <c>qwen3:latest</c>.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Tiers of Claude (opus, sonnet, haiku) for which its provider takes it when the user maps nothing.</summary>
    public IReadOnlyList<string> StandsFor { get; init; } = [];

    /// <summary>When it was made or last changed.</summary>
    public DateTimeOffset CreatedAt { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>The prompt's limit in tokens, as the gateway will ask for it.</summary>
    public int? MaxInputTokens { get; init; }

    /// <summary>How its context can be made larger; null when that is the upstream's business.</summary>
    public ContextRoom? Room { get; init; }

    /// <summary>The answer's limit in tokens.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>It can call tools.</summary>
    public bool Tools { get; init; }

    /// <summary>It sees images.</summary>
    public bool Vision { get; init; }

    /// <summary>It can think before it answers.</summary>
    public bool Thinking { get; init; }

    /// <summary>It takes levels of effort, not only on and off.</summary>
    public bool Effort { get; init; }

    /// <summary>It can be held to a JSON schema.</summary>
    public bool StructuredOutputs { get; init; }

    /// <summary>The model as an upstream that speaks the client's own language lists it, a JSON object; passed on with no more than its id replaced. Empty: there is none.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>It writes text at all (an embedding model does not).</summary>
    public bool Generates { get; init; } = true;

    /// <summary>It runs somewhere else and may cost money.</summary>
    public bool Remote { get; init; }

    /// <summary>Number of parameters in billions, for choosing the best of several; 0 when unknown.</summary>
    public double Billions { get; init; }

    /// <summary>Its size on the upstream's disk; null when the upstream doesn't tell.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>What it takes of the memory with the context that the gateway asks for: weights and the conversation's cache; null when the upstream doesn't tell enough.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>What it costs; null when nobody knows, and for one that costs nothing because it runs here.</summary>
    public ModelPrice? Price { get; init; }

    /// <summary>True when <paramref name="name"/> means this model; upstreams don't mind the case.</summary>
    public bool IsCalled(string name) =>
        string.Equals(Name, name, StringComparison.OrdinalIgnoreCase) || Aliases.Any(alias => string.Equals(alias, name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>How the context of a model can be changed.</summary>
/// <param name="Setting">The setting of the configuration that decides it.</param>
/// <param name="MostTokens">What the model was trained for; null when nobody says.</param>
/// <param name="BytesPerToken">The memory that a token of context takes at most; null when nobody says.</param>
internal sealed record ContextRoom(string Setting, int? MostTokens, long? BytesPerToken);
