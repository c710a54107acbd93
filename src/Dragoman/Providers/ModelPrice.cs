using Dragoman.Messages;

namespace Dragoman.Providers;

/// <summary>What a model's tokens cost, in US dollars for a million of them.</summary>
/// <param name="Input">Of the prompt, without what is read from a cache or written to one.</param>
/// <param name="Output">Of the answer, thinking included.</param>
internal sealed record ModelPrice(decimal Input, decimal Output)
{
    private const decimal Million = 1_000_000;

    /// <summary>Of the prompt, read from the upstream's cache; null: nobody says, and they count as the rest of the prompt.</summary>
    public decimal? CacheRead { get; init; }

    /// <summary>Of the prompt, written to the upstream's cache; null: nobody says, and they count as the rest of the prompt.</summary>
    public decimal? CacheWrite { get; init; }

    /// <summary>US dollars for each request, whatever its size (OpenRouter has a few such models).</summary>
    public decimal Request { get; init; }

    /// <summary>Whatever is used, it costs nothing.</summary>
    public bool IsFree => this is { Input: 0, Output: 0, CacheRead: 0 or null, CacheWrite: 0 or null, Request: 0 };

    /// <summary>What an answer costs, in US dollars. What is not counted in tokens (searches of the web) is not in it.</summary>
    public decimal CostOf(Usage usage)
    {
        var written = Math.Min(usage.CacheWriteTokens, usage.InputTokens);
        var tokens = ((usage.InputTokens - written) * Input) + (written * (CacheWrite ?? Input)) + (usage.CacheReadTokens * (CacheRead ?? Input)) + (usage.OutputTokens * Output);
        return Request + (tokens / Million);
    }
}
