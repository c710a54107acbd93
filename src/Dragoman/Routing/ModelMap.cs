using System.Text.Json;

namespace Dragoman.Routing;

/// <summary>Which upstream models stand for a client's model. Pure: what upstreams really have is the router's business.</summary>
internal sealed class ModelMap
{
    // The map of claude-code-ollama-proxy, which its users rely on.
    private static readonly (string Pattern, string[] Models)[] Defaults =
    [
        ("claude-opus-4-5", ["llama3.1:70b"]),
        ("claude-sonnet-4-5", ["llama3.1:8b"]),
        ("claude-haiku-4-5", ["llama3.2:3b"]),
        ("claude-3-5-sonnet-20241022", ["llama3.1:8b"]),
        ("claude-3-5-haiku-20241022", ["llama3.2:3b"]),
        ("claude-3-opus-20240229", ["llama3.1:70b"]),
        ("claude-3-sonnet-20240229", ["llama3.1:8b"]),
        ("claude-3-haiku-20240307", ["llama3.2:3b"]),
    ];

    private const string CatchAllPattern = "*";

    private readonly List<(string Pattern, string[] Models)> _mapped = [];

    /// <summary>Reads the user's map.</summary>
    /// <exception cref="ConfigException">An entry is neither a model nor a list of models.</exception>
    public ModelMap(IEnumerable<KeyValuePair<string, JsonElement>> entries)
    {
        foreach (var (pattern, value) in entries)
        {
            if (pattern == CatchAllPattern) CatchAll = Models(pattern, value);
            else _mapped.Add((pattern, Models(pattern, value)));
        }
    }

    /// <summary>What the user's entry <c>*</c> says: for names that nothing else matches, not for those that an upstream has.</summary>
    public IReadOnlyList<string>? CatchAll { get; }

    /// <summary>The user mapped nothing.</summary>
    public bool IsDefault => _mapped.Count == 0 && CatchAll is null;

    /// <summary>The names of the map, the user's first, patterns left out: for the list of models.</summary>
    public IEnumerable<string> Names =>
        _mapped.Concat(Defaults).Select(entry => entry.Pattern).Where(pattern => !pattern.Contains('*')).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the user's own entries but <c>*</c> say of a cleaned model name; null when none matches.</summary>
    public IReadOnlyList<string>? Mapped(string model) => Find(_mapped, model);

    /// <summary>What the user's entries say of the tier of a Claude id; null when none speaks of it.</summary>
    public IReadOnlyList<string>? MappedTier(string model) => ModelName.IsClaude(model) ? ByTier(_mapped, model) : null;

    /// <summary>What the default map, or the tier in a Claude id, says; null when neither does.</summary>
    public IReadOnlyList<string>? ByDefault(string model) =>
        ModelName.IsClaude(model) ? Find(Defaults, model) ?? ByTier([.. _mapped, .. Defaults], model) : null;

    // Exact names first, then names without their dates, then patterns, the most specific of them.
    private static string[]? Find(IReadOnlyList<(string Pattern, string[] Models)> entries, string model)
    {
        foreach (var (pattern, models) in entries)
        {
            if (Same(pattern, model)) return models;
        }

        foreach (var (pattern, models) in entries)
        {
            if (Same(ModelName.Base(pattern), ModelName.Base(model))) return models;
        }

        return entries.Where(entry => entry.Pattern.Contains('*') && Wildcard.Matches(entry.Pattern, model))
            .OrderByDescending(entry => entry.Pattern.Length)
            .Select(entry => entry.Models).FirstOrDefault();
    }

    private static string[]? ByTier(IReadOnlyList<(string Pattern, string[] Models)> entries, string model)
    {
        if (ModelName.Tier(model) is not { } tier) return null;
        foreach (var (pattern, models) in entries)
        {
            if (pattern.Contains(tier, StringComparison.OrdinalIgnoreCase)) return models;
        }

        return null;
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static string[] Models(string pattern, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(entry => entry.GetString()!)];
        }

        throw new ConfigException($"models.{pattern}: expected a model (\"qwen3:8b\" or \"ollama/qwen3:8b\") or a list of models in order of preference");
    }
}
