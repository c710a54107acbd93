using System.Text.Json;

namespace Dragoman.Tests.Tools.Schemas;

/// <summary>
/// Refuses what Ollama's binding refuses (a wrong JSON type is its 400) and what it drops silently (a keyword that is not in its structs).
/// </summary>
internal static class OllamaSchemaSubset
{
    public static IEnumerable<string> Violations(JsonElement parameters)
    {
        if (parameters.ValueKind != JsonValueKind.Object)
            return ["parameters: not an object"];

        var violations = new List<string>();
        foreach (var keyword in parameters.EnumerateObject())
        {
            violations.AddRange(keyword.Name switch
            {
                "type" when keyword.Value.ValueKind == JsonValueKind.String && keyword.Value.GetString() == "object" => [],
                "properties" => Properties(keyword.Value, "properties"),
                "required" => Strings(keyword.Value, "required"),
                _ => [$"{keyword.Name}: {keyword.Value.GetRawText()} at the top level"],
            });
        }

        foreach (var name in (string[])["type", "properties"])
        {
            if (!parameters.TryGetProperty(name, out _))
                violations.Add($"{name} is missing");
        }

        return violations;
    }

    private static IEnumerable<string> Property(JsonElement property, string path) => property.ValueKind != JsonValueKind.Object
        ? [$"{path}: not an object"]
        : property.EnumerateObject().SelectMany(keyword => Keyword(keyword, $"{path}.{keyword.Name}"));

    private static IEnumerable<string> Keyword(JsonProperty keyword, string path) => keyword.Name switch
    {
        "anyOf" => keyword.Value.ValueKind == JsonValueKind.Array
            ? keyword.Value.EnumerateArray().SelectMany((branch, i) => Property(branch, $"{path}[{i}]"))
            : [$"{path}: not an array"],
        "type" => keyword.Value.ValueKind == JsonValueKind.String ? [] : Strings(keyword.Value, path),
        "items" => Verbatim(keyword.Value, path),
        "description" => keyword.Value.ValueKind == JsonValueKind.String ? [] : [$"{path}: not a string"],
        "enum" => keyword.Value.ValueKind == JsonValueKind.Array ? [] : [$"{path}: not an array"],
        "properties" => Properties(keyword.Value, path),
        "required" => Strings(keyword.Value, path),
        _ => [$"{path}: dropped silently"],
    };

    /// <summary>Ollama keeps anything here; the gateway promises that no reference is left that points out of it.</summary>
    private static string[] Verbatim(JsonElement items, string path) =>
        items.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) ? [$"{path}: not a schema"]
        : items.GetRawText().Contains("\"$ref\":\"#", StringComparison.Ordinal) ? [$"{path}: has a reference"] : [];

    private static IEnumerable<string> Properties(JsonElement map, string path) => map.ValueKind == JsonValueKind.Object
        ? map.EnumerateObject().SelectMany(property => Property(property.Value, $"{path}.{property.Name}"))
        : [$"{path}: not an object"];

    private static string[] Strings(JsonElement list, string path) =>
        list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String)
            ? []
            : [$"{path}: not an array of strings"];
}
