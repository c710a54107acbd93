using System.Text;

namespace Dragoman.Replies;

/// <summary>
/// Looks for stop sequences in a stream of text, for upstreams that don't tell which one was hit. Text that may be the beginning of one is held back
/// until it is clear.
/// </summary>
internal sealed class StopSequenceWatch(IReadOnlyList<string> sequences)
{
    private readonly StringBuilder _held = new();

    /// <summary>The sequence that was found, if any.</summary>
    public string? Hit { get; private set; }

    /// <summary>Takes a piece of text; returns what may be shown. After a hit nothing more is to be shown.</summary>
    public string Append(string text)
    {
        if (Hit is not null) return "";
        _held.Append(text);
        var held = _held.ToString();
        var (at, found) = First(held);
        if (found is not null)
        {
            Hit = found;
            _held.Clear();
            return held[..at];
        }

        var keep = LongestBeginning(held);
        _held.Remove(0, held.Length - keep);
        return held[..^keep];
    }

    /// <summary>What was held back, when the text is over without a hit.</summary>
    public string Flush()
    {
        var held = _held.ToString();
        _held.Clear();
        return held;
    }

    private (int At, string? Sequence) First(string text)
    {
        var first = (At: int.MaxValue, Sequence: (string?)null);
        foreach (var sequence in sequences)
        {
            if (sequence.Length == 0) continue;
            var at = text.IndexOf(sequence, StringComparison.Ordinal);
            if (at >= 0 && at < first.At) first = (at, sequence);
        }

        return first;
    }

    // How many characters at the end of the text are the beginning of a sequence.
    private int LongestBeginning(string text)
    {
        var longest = 0;
        foreach (var sequence in sequences)
        {
            for (var length = Math.Min(sequence.Length - 1, text.Length); length > longest; length--)
            {
                if (text.EndsWith(sequence[..length], StringComparison.Ordinal)) longest = length;
            }
        }

        return longest;
    }
}
