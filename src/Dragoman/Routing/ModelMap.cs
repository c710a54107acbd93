using System.Text.Json;

namespace Dragoman.Routing;

/// <summary>Which upstream models stand for a client's model. Pure: what upstreams really have is the router's business.</summary>
internal sealed class ModelMap
{
    // The map of claude-code-ollama-proxy, which its users rely on.
    private static readonly MapEntry[] Defaults =
    [
        Default("claude-opus-4-5", "llama3.1:70b"),
        Default("claude-sonnet-4-5", "llama3.1:8b"),
        Default("claude-haiku-4-5", "llama3.2:3b"),
        Default("claude-3-5-sonnet-20241022", "llama3.1:8b"),
        Default("claude-3-5-haiku-20241022", "llama3.2:3b"),
        Default("claude-3-opus-20240229", "llama3.1:70b"),
        Default("claude-3-sonnet-20240229", "llama3.1:8b"),
        Default("claude-3-haiku-20240307", "llama3.2:3b"),
    ];

    private readonly List<MapEntry> _mapped = [];

    /// <summary>Reads the user's map. An entry that is wrong is left out.</summary>
    /// <param name="entries">The setting <c>models</c>.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public ModelMap(IEnumerable<KeyValuePair<string, JsonElement>> entries, ConfigProblems problems)
    {
        var reader = new ModelChoiceReader(problems);
        foreach (var (pattern, value) in entries)
        {
            if (reader.Read(value, $"models.{pattern}") is not { } choice) continue;
            var entry = new MapEntry(pattern, choice, $"models \"{pattern}\"");
            if (entry.MatchesAll) CatchAll = entry;
            else _mapped.Add(entry);
        }
    }

    /// <summary>The user's entry <c>*</c>: for names that nothing else matches, not for those that an upstream has.</summary>
    public MapEntry? CatchAll { get; }

    /// <summary>The user mapped nothing.</summary>
    public bool IsDefault => _mapped.Count == 0 && CatchAll is null;

    /// <summary>The names of the map, the user's first, patterns left out: for the list of models.</summary>
    public IEnumerable<string> Names =>
        _mapped.Concat(Defaults).Where(entry => !entry.IsPattern).Select(entry => entry.Pattern).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The user's entry, other than <c>*</c>, for a cleaned model name; null when none matches.</summary>
    public MapEntry? Mapped(string model) => Find(_mapped, model);

    /// <summary>The user's entry for the tier of a Claude id; null when none speaks of it.</summary>
    public MapEntry? MappedTier(string model) => ModelName.IsClaude(model) ? ByTier(_mapped, model) : null;

    /// <summary>What the default map, or the tier in a Claude id, says; null when neither does.</summary>
    public MapEntry? ByDefault(string model) =>
        ModelName.IsClaude(model) ? Find(Defaults, model) ?? ByTier([.. _mapped, .. Defaults], model) : null;

    // Exact names first, then names without their dates, then patterns, the most specific of them.
    private static MapEntry? Find(IReadOnlyList<MapEntry> entries, string model)
    {
        foreach (var entry in entries)
        {
            if (Same(entry.Pattern, model)) return entry;
        }

        var dateless = ModelName.Base(model);
        foreach (var entry in entries)
        {
            if (Same(ModelName.Base(entry.Pattern), dateless)) return entry;
        }

        return entries.Where(entry => entry.IsPattern && Wildcard.Matches(entry.Pattern, model))
            .OrderByDescending(entry => entry.LiteralLength).ThenBy(entry => entry.Pattern.Length)
            .FirstOrDefault();
    }

    private static MapEntry? ByTier(IReadOnlyList<MapEntry> entries, string model)
    {
        if (ModelName.Tier(model) is not { } tier) return null;
        foreach (var entry in entries)
        {
            if (entry.Pattern.Contains(tier, StringComparison.OrdinalIgnoreCase)) return entry with { Reason = $"{entry.Reason} by tier {tier}" };
        }

        return null;
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static MapEntry Default(string model, string upstream) => new(model, ModelChoice.Of(upstream), $"default map \"{model}\"");
}

/// <summary>One entry of the map.</summary>
/// <param name="Pattern">A model's name as clients ask for it; <c>*</c> stands for any text.</param>
/// <param name="Choice">What is asked in its place.</param>
/// <param name="Reason">The entry in words, as <c>models "claude-opus-*"</c>.</param>
internal sealed record MapEntry(string Pattern, ModelChoice Choice, string Reason)
{
    /// <summary>There is a <c>*</c> in it.</summary>
    public bool IsPattern { get; } = Pattern.Contains('*');

    /// <summary>How specific a pattern is: the characters that a name must have, whatever the number of stars between them.</summary>
    public int LiteralLength { get; } = Pattern.Count(c => c != '*');

    /// <summary>Nothing but stars.</summary>
    public bool MatchesAll => LiteralLength == 0 && IsPattern;
}
