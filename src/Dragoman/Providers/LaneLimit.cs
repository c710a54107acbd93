namespace Dragoman.Providers;

/// <summary>Whose requests share a lane: those of a provider, or of one of its models alone.</summary>
/// <param name="Provider">The provider's name in the configuration.</param>
/// <param name="Model">The upstream's name for the model; null: all that have no lane of their own.</param>
internal readonly record struct LaneName(string Provider, string? Model)
{
    /// <summary><c>provider</c> or <c>provider/model</c>.</summary>
    public override string ToString() => Model is null ? Provider : $"{Provider}/{Model}";
}

/// <summary>How much an upstream takes at once.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Concurrency">How many requests may be there at once; 1 or more.</param>
/// <param name="Queue">How many may wait behind them; 0 or more.</param>
internal readonly record struct LaneLimit(LaneName Lane, int Concurrency, int Queue)
{
    /// <summary>How many may wait where the configuration doesn't say: as many as Ollama lets wait (its <c>OLLAMA_MAX_QUEUE</c>).</summary>
    public const int DefaultQueue = 512;

    /// <summary>What the settings <c>concurrency</c> and <c>queue</c> say of a target. A model's own number comes before its provider's, and its lane is then its own; 0 is no limit.</summary>
    /// <param name="target">The target.</param>
    /// <param name="ofModel"><c>concurrency</c> of the model; null: not set.</param>
    /// <param name="ofProvider"><c>concurrency</c> of the provider, shared by its models; null: not set.</param>
    /// <param name="queue"><c>queue</c> of the provider; null: not set.</param>
    /// <returns>The limit; null when there is none, or when neither is set.</returns>
    public static LaneLimit? Configured(Target target, int? ofModel, int? ofProvider, int? queue)
    {
        var concurrency = ofModel ?? ofProvider ?? 0;
        if (concurrency <= 0) return null;
        return new LaneLimit(new LaneName(target.Provider, ofModel is null ? null : target.Model), concurrency, queue ?? DefaultQueue);
    }

    /// <summary>Checks the two settings.</summary>
    /// <param name="path">The section's path, <c>providers.NAME</c>.</param>
    /// <param name="concurrency">Its <c>concurrency</c>.</param>
    /// <param name="queue">Its <c>queue</c>.</param>
    /// <exception cref="ConfigException">One of them is negative.</exception>
    public static void Check(string path, int? concurrency, int? queue = null)
    {
        if (concurrency < 0) throw new ConfigException($"{path}.concurrency: {concurrency} is less than 0 (0: no limit)");
        if (queue < 0) throw new ConfigException($"{path}.queue: {queue} is less than 0 (0: nobody waits)");
    }
}
