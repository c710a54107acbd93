using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>
/// Gives the properties of one schema names that Gemini takes: letters, digits and underscores, at most 64, no digit first. Two properties never get the same
/// name, and none gets the name of another.
/// </summary>
internal sealed class PropertyNaming
{
    private const int MaxLength = 64;

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    /// <summary>Learns which names the schema uses itself.</summary>
    public PropertyNaming(JsonObject root) => Collect(root);

    /// <summary>The names of the schema's top level.</summary>
    public PropertyNames Root { get; } = new();

    /// <summary>All names, once the schema was built; null when none had to change.</summary>
    public PropertyNames? Renamed => Root.Differs ? Root : null;

    /// <summary>The name for the upstream; always the same one for a name.</summary>
    public string Of(string name)
    {
        if (IsAccepted(name)) return name;
        if (_given.TryGetValue(name, out var given)) return given;
        var candidate = Plain(name);
        given = candidate;
        for (var i = 2; !_taken.Add(given); i++)
        {
            var ending = string.Create(CultureInfo.InvariantCulture, $"_{i}");
            given = candidate[..Math.Min(candidate.Length, MaxLength - ending.Length)] + ending;
        }

        return _given[name] = given;
    }

    /// <summary>Whether Gemini takes the name as it is.</summary>
    private static bool IsAccepted(string name) => name.Length is > 0 and <= MaxLength && !char.IsAsciiDigit(name[0]) && name.All(IsAccepted);

    private static bool IsAccepted(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) plain.Append('_');
        foreach (var c in name) plain.Append(IsAccepted(c) ? c : '_');
        return plain.ToString(0, Math.Min(plain.Length, MaxLength));
    }

    private void Collect(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var element in list) Collect(element);
        }
        else if (node is JsonObject map)
        {
            if (map["properties"] is JsonObject properties) _taken.UnionWith(properties.Select(property => property.Key));
            _taken.UnionWith(SchemaTree.Strings(map["required"]));
            foreach (var (_, value) in map) Collect(value);
        }
    }
}
