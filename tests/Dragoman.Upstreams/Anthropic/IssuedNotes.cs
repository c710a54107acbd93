using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Dragoman.Upstreams.Anthropic;

/// <summary>What the simulated API gave out and insists on having back untouched: signatures of thinking, redacted thinking, notes to itself in search results.</summary>
internal sealed partial class IssuedNotes
{
    private readonly ConcurrentDictionary<string, bool> notes = new(StringComparer.Ordinal);

    [GeneratedRegex("\"(signature|data|encrypted_content|encrypted_index)\"\\s*:\\s*\"(?<note>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Note();

    /// <summary>Remembers what an answer gives out.</summary>
    public void Gather(ReadOnlySpan<byte> answer)
    {
        foreach (Match match in Note().Matches(Encoding.UTF8.GetString(answer))) notes[match.Groups["note"].Value] = true;
    }

    /// <summary>It was given out here.</summary>
    public bool Has(string? note) => note is { Length: > 0 } && notes.ContainsKey(note);
}
