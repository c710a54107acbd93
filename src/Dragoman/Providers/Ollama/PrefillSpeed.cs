using System.Collections.Concurrent;

namespace Dragoman.Providers.Ollama;

/// <summary>
/// Guesses how much of a prompt came from the model's cache. Ollama counts the whole prompt but times only the part that it had to read anew, so a prompt that
/// was read much faster than this model ever reads was mostly cached.
/// </summary>
internal sealed class PrefillSpeed
{
    // The slowest time per token seen stands for an empty cache; it fades slowly, in case the machine was busy with something else then.
    private const double Fading = 0.99;

    private readonly ConcurrentDictionary<string, double> _secondsPerToken = new(StringComparer.Ordinal);

    /// <summary>The likely cached part of a prompt, 0 to 1; null until there is something to compare with.</summary>
    public double? CachedShare(string model, int promptTokens, TimeSpan prefill)
    {
        if (promptTokens <= 0 || prefill <= TimeSpan.Zero) return null;
        var now = prefill.TotalSeconds / promptTokens;
        var known = _secondsPerToken.TryGetValue(model, out var slowest);
        _secondsPerToken[model] = Math.Max(now, slowest * Fading);
        return known ? Math.Clamp(1 - (now / Math.Max(slowest, now)), 0, 1) : null;
    }
}
