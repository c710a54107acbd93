using System.Collections.Concurrent;

namespace Dragoman.Tokens;

/// <summary>
/// Learns, for each model, how many of its real tokens one token of the word rule is. No upstream that matters here has a tokenizer endpoint,
/// but every answer tells the prompt's real size.
/// </summary>
internal sealed class Calibration
{
    // A new measurement counts for a third: after five requests little is left of a bad first one.
    private const double Weight = 1.0 / 3;

    // A prompt of a few words is mostly the chat template, so its ratio says nothing about long ones.
    private const int MinTokens = 50;

    // A ratio outside of these bounds means that the upstream cut the prompt or counted something else.
    private const double MinRatio = 0.3, MaxRatio = 4;

    private readonly ConcurrentDictionary<string, double> _ratios = new(StringComparer.Ordinal);

    /// <summary>Real tokens per counted token of <paramref name="model"/>; 1 until something is known.</summary>
    public double Ratio(string model) => _ratios.GetValueOrDefault(model, 1);

    /// <summary>Learns from one answer.</summary>
    public void Observe(string model, int counted, int real)
    {
        if (counted < MinTokens || real <= 0) return;
        var ratio = (double)real / counted;
        if (ratio is < MinRatio or > MaxRatio) return;
        _ratios.AddOrUpdate(model, ratio, (_, known) => known + ((ratio - known) * Weight));
    }
}
