using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dragoman;

/// <summary>
/// Checks JSON against a schema and says in words what is wrong and what is allowed. Knows the keywords that Dragoman's own schema uses, which a test holds; it
/// is no general validator.
/// </summary>
/// <param name="root">The schema's document, for references within it.</param>
/// <param name="report">Gets each problem: the path, and what is wrong.</param>
internal sealed class SchemaCheck(JsonElement root, Action<string, string> report)
{
    // Expressions of the schema are our own, and short.
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The keywords that are checked, and those that only tell people something.</summary>
    public static IReadOnlyList<string> Keywords { get; } =
    [
        "$ref", "type", "enum", "const", "anyOf", "oneOf", "minimum", "maximum", "exclusiveMinimum", "minLength", "pattern", "items", "minItems",
        "properties", "required", "additionalProperties", "minProperties",
        "$schema", "$defs", "title", "description", "default", "examples",
    ];

    private bool _sound;

    /// <summary>Checks a value; true when nothing is wrong with it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="schema">What it must be.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="except">A member that is checked elsewhere.</param>
    public bool Check(JsonElement value, JsonElement schema, string path, string? except = null)
    {
        _sound = true;
        Walk(value, schema, path, except);
        return _sound;
    }

    private void Walk(JsonElement value, JsonElement schema, string path, string? except = null)
    {
        schema = SchemaText.Resolved(root, schema);
        if (schema.ValueKind != JsonValueKind.Object) return;
        if (SchemaText.Branches(schema) is { } branches)
        {
            Choose(value, schema, branches, path);
            return;
        }

        if (!SchemaText.Takes(schema, value) || !IsListed(value, schema))
        {
            Wrong(path, Expected(schema, value, path));
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Number when !IsInRange(value.GetDouble(), schema):
            case JsonValueKind.String when !IsFit(value.GetString()!, schema):
                Wrong(path, Expected(schema, value, path));
                break;
            case JsonValueKind.Array:
                WalkItems(value, schema, path);
                break;
            case JsonValueKind.Object:
                WalkMembers(value, schema, path, except);
                break;
        }
    }

    // Of several forms the one that was meant is explained; all of them when that can't be told.
    private void Choose(JsonElement value, JsonElement schema, List<JsonElement> branches, string path)
    {
        var quiet = new SchemaCheck(root, static (_, _) => { });
        if (branches.Exists(branch => quiet.Check(value, branch, path))) return;
        var meant = branches.FindAll(branch => SchemaText.Takes(SchemaText.Resolved(root, branch), value));
        if (meant.Count == 1) Walk(value, meant[0], path);
        else Wrong(path, Expected(schema, value, path));
    }

    private void WalkItems(JsonElement value, JsonElement schema, string path)
    {
        if (schema.TryGetProperty("minItems", out var least) && value.GetArrayLength() < least.GetInt32()) Wrong(path, $"expected at least {least.GetInt32()} of them, got an empty list");
        if (!schema.TryGetProperty("items", out var items)) return;
        var i = 0;
        foreach (var item in value.EnumerateArray()) Walk(item, items, $"{path}[{i++}]");
    }

    private void WalkMembers(JsonElement value, JsonElement schema, string path, string? except)
    {
        schema.TryGetProperty("properties", out var known);
        schema.TryGetProperty("additionalProperties", out var others);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var at = ConfigSource.Member(path, member.Name);
            if (!seen.Add(member.Name)) Wrong(at, "is written twice; remove one of the two");
            else if (member.Name == except) continue;
            else if (known.ValueKind == JsonValueKind.Object && known.TryGetProperty(member.Name, out var own)) Walk(member.Value, own, at);
            else if (others.ValueKind == JsonValueKind.False) Wrong(at, $"there is no such setting{NearestName.Advice(member.Name, SchemaText.Settings(known))}");
            else if (others.ValueKind == JsonValueKind.Object) Walk(member.Value, others, at);
        }

        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Where(name => !seen.Contains(name.GetString()!))) Wrong(path, $"'{name.GetString()}' is missing");
        }

        if (schema.TryGetProperty("minProperties", out var least) && seen.Count < least.GetInt32()) Wrong(path, $"expected at least {least.GetInt32()} entries");
    }

    private string Expected(JsonElement schema, JsonElement value, string path)
    {
        // A secret is not shown, also where it is wrong.
        var got = SecretSettings.IsSecret(path) ? SchemaText.Kind(value) : SchemaText.Show(value);
        var choices = SchemaText.Choices(schema);
        var nearest = value.ValueKind == JsonValueKind.String && NearestName.Of(value.GetString()!, choices) is { } name ? $"; did you mean \"{name}\"?" : "";
        return $"expected {SchemaText.Describe(root, schema)}, got {got}{nearest}";
    }

    private void Wrong(string path, string text)
    {
        _sound = false;
        report(path, text);
    }

    private static bool IsListed(JsonElement value, JsonElement schema)
    {
        if (schema.TryGetProperty("const", out var only)) return JsonElement.DeepEquals(value, only);
        return !schema.TryGetProperty("enum", out var listed) || listed.EnumerateArray().Any(choice => JsonElement.DeepEquals(value, choice));
    }

    private static bool IsInRange(double number, JsonElement schema) =>
        !(schema.TryGetProperty("minimum", out var least) && number < least.GetDouble())
        && !(schema.TryGetProperty("exclusiveMinimum", out var bound) && number <= bound.GetDouble())
        && !(schema.TryGetProperty("maximum", out var most) && number > most.GetDouble());

    private static bool IsFit(string text, JsonElement schema) =>
        !(schema.TryGetProperty("minLength", out var least) && text.Length < least.GetInt32())
        && !(schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!, RegexOptions.None, PatternTimeout));
}
