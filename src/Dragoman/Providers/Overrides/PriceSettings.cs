namespace Dragoman.Providers.Overrides;

/// <summary>What a model costs as the configuration tells it, in US dollars for a million tokens.</summary>
internal sealed class PriceSettings
{
    // A dollar a token: more is a mistake in the unit.
    private const decimal Most = 1_000_000;

    /// <summary>Of the prompt.</summary>
    public decimal? Input { get; set; }

    /// <summary>Of the answer.</summary>
    public decimal? Output { get; set; }

    /// <summary>Of the prompt, read from the upstream's cache. Null: what the upstream tells, else as <see cref="Input"/>.</summary>
    public decimal? CacheRead { get; set; }

    /// <summary>Of the prompt, written to the upstream's cache. Null: what the upstream tells, else as <see cref="Input"/>.</summary>
    public decimal? CacheWrite { get; set; }

    /// <summary>Checks the ranges, and that nothing is missing.</summary>
    /// <exception cref="ConfigException">A number is out of its range, or one of the two that are needed isn't there.</exception>
    public void Check(string path)
    {
        if (Input is null) throw new ConfigException($"{path}: 'input' is missing");
        if (Output is null) throw new ConfigException($"{path}: 'output' is missing");
        CheckOne($"{path}.input", Input);
        CheckOne($"{path}.output", Output);
        CheckOne($"{path}.cacheRead", CacheRead);
        CheckOne($"{path}.cacheWrite", CacheWrite);
    }

    /// <summary>The price that counts.</summary>
    /// <param name="told">What the upstream tells, for what is left out here.</param>
    public ModelPrice Over(ModelPrice? told) => new(Input!.Value, Output!.Value)
    {
        CacheRead = CacheRead ?? told?.CacheRead,
        CacheWrite = CacheWrite ?? told?.CacheWrite,
    };

    private static void CheckOne(string path, decimal? dollars)
    {
        if (dollars is < 0 or > Most) throw new ConfigException($"{path}: expected a number from 0 to {Most}, US dollars for a million tokens");
    }
}
