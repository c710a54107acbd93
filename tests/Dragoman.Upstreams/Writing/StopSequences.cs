namespace Dragoman.Upstreams.Writing;

/// <summary>Cuts a stream of text before the first stop sequence, also one that is spread over several tokens.</summary>
internal sealed class StopSequences(IReadOnlyList<string> stops)
{
    private string withheld = "";

    /// <summary>Whether a stop sequence came; the generation is over.</summary>
    public bool Hit { get; private set; }

    /// <summary>The text that may be sent now. The end is withheld while it could be the beginning of a stop sequence.</summary>
    public string Next(string token)
    {
        var text = withheld + token;
        var cut = stops.Where(stop => stop.Length > 0).Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(index => index >= 0)
            .DefaultIfEmpty(-1).Min();
        if (cut >= 0)
        {
            Hit = true;
            withheld = "";
            return text[..cut];
        }

        var keep = stops.Select(stop => LongestBeginning(text, stop)).DefaultIfEmpty(0).Max();
        withheld = text[^keep..];
        return text[..^keep];
    }

    /// <summary>What was withheld, at the end of the generation.</summary>
    public string Rest()
    {
        var rest = withheld;
        withheld = "";
        return rest;
    }

    private static int LongestBeginning(string text, string stop)
    {
        for (var length = Math.Min(text.Length, stop.Length - 1); length > 0; length--)
        {
            if (text.EndsWith(stop[..length], StringComparison.Ordinal))
            {
                return length;
            }
        }

        return 0;
    }
}
