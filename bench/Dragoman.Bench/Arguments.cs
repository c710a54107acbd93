using System.Globalization;

namespace Dragoman.Bench;

/// <summary>A command line of <c>--name value</c> and <c>--flag</c>.</summary>
internal sealed class Arguments(string[] words)
{
    /// <summary>The value behind a name, or null.</summary>
    public string? Find(string name)
    {
        var at = Array.IndexOf(words, name);
        return at >= 0 && at + 1 < words.Length ? words[at + 1] : null;
    }

    /// <summary>The value behind a name.</summary>
    /// <exception cref="ArgumentException">It is missing.</exception>
    public string Get(string name) => Find(name) ?? throw new ArgumentException($"{name} is missing", nameof(name));

    /// <summary>The number behind a name.</summary>
    public int Number(string name, int missing) => Find(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : missing;

    /// <summary>The words behind a name, separated by commas.</summary>
    public string[]? List(string name) => Find(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whether the flag is there.</summary>
    public bool Has(string flag) => words.Contains(flag, StringComparer.Ordinal);
}
