using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Tests.Tools.Schemas;

/// <summary>
/// Refuses whatever either of Google's services refuses of a <c>Schema</c> (reference, section 3, and the texts of their 400s), and reads what is left as
/// JSON Schema, so that values can be held to it.
/// </summary>
internal static class GeminiSchemaSubset
{
    private static readonly Dictionary<string, string[]> Fields = new(StringComparer.Ordinal)
    {
        ["STRING"] = ["enum", "format", "minLength", "maxLength", "pattern"],
        ["NUMBER"] = ["format", "minimum", "maximum"],
        ["INTEGER"] = ["format", "minimum", "maximum"],
        ["BOOLEAN"] = [],
        ["ARRAY"] = ["items", "minItems", "maxItems"],
        ["OBJECT"] = ["properties", "required", "minProperties", "maxProperties"],
        ["NULL"] = [],
    };

    private static readonly string[] Formats = ["STRING date-time", "NUMBER float", "NUMBER double", "INTEGER int32", "INTEGER int64"];

    /// <summary>What is wrong with a function's parameters.</summary>
    public static IEnumerable<string> Violations(JsonElement parameters)
    {
        if (parameters.ValueKind != JsonValueKind.Object || !parameters.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "OBJECT")
            return ["parameters: schema should be of type OBJECT"];
        return Schema(parameters, "parameters");
    }

    /// <summary>What is wrong with any schema.</summary>
    public static IEnumerable<string> Schema(JsonElement schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object) return [$"{path}: not an object"];
        var fields = schema.EnumerateObject().ToList();
        var violations = new List<string>();
        if (fields.Select(field => field.Name).Distinct(StringComparer.Ordinal).Count() != fields.Count) violations.Add($"{path}: a field twice");
        if (schema.TryGetProperty("anyOf", out var branches))
        {
            if (fields.Count > 1) violations.Add($"{path}: schema specified other fields alongside any_of");
            if (branches.ValueKind != JsonValueKind.Array || branches.GetArrayLength() < 2) return [.. violations, $"{path}.anyOf: no alternatives"];
            return [.. violations, .. branches.EnumerateArray().SelectMany((branch, i) => Schema(branch, $"{path}.anyOf[{i}]"))];
        }

        if (!schema.TryGetProperty("type", out var named) || named.ValueKind != JsonValueKind.String || !Fields.TryGetValue(named.GetString()!, out var own))
            return [.. violations, $"{path}: schema didn't specify the schema type field"];
        violations.AddRange(fields.SelectMany(field => Field(field, named.GetString()!, own, $"{path}.{field.Name}")));
        if (named.GetString() == "ARRAY" && !schema.TryGetProperty("items", out _)) violations.Add($"{path}.items: missing field");
        if (schema.TryGetProperty("required", out var required)) violations.AddRange(Undeclared(schema, required, path));
        return violations;
    }

    private static IEnumerable<string> Field(JsonProperty field, string type, string[] own, string path) => field.Name switch
    {
        "type" => [],
        "description" => Check(field.Value.ValueKind == JsonValueKind.String && field.Value.GetString()!.Length > 0, path),
        "nullable" => Check(field.Value.ValueKind == JsonValueKind.True && type != "NULL", path),
        var name when !own.Contains(name) => [$"Unknown name \"{name}\" at '{path}' of {type}"],
        "enum" => Check(field.Value.ValueKind == JsonValueKind.Array && field.Value.GetArrayLength() > 0 && field.Value.EnumerateArray().All(value => value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0), path),
        "format" => Check(Formats.Contains($"{type} {field.Value.GetString()}"), path),
        "pattern" => Check(field.Value.ValueKind == JsonValueKind.String, path),
        "minimum" or "maximum" => Check(field.Value.ValueKind == JsonValueKind.Number && double.IsFinite(field.Value.GetDouble()), path),
        "items" => Schema(field.Value, path),
        "required" => Check(field.Value.ValueKind == JsonValueKind.Array && field.Value.GetArrayLength() > 0 && field.Value.EnumerateArray().All(value => value.ValueKind == JsonValueKind.String), path),
        "properties" => Properties(field.Value, path),
        _ => Check(field.Value.ValueKind == JsonValueKind.Number && long.TryParse(field.Value.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out _), path),
    };

    private static IEnumerable<string> Properties(JsonElement map, string path)
    {
        if (map.ValueKind != JsonValueKind.Object || !map.EnumerateObject().Any()) return [$"{path}: should be non-empty for OBJECT type"];
        return map.EnumerateObject().SelectMany(property => Check(IsName(property.Name), $"{path}: name '{property.Name}'").Concat(Schema(property.Value, $"{path}.{property.Name}")));
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static IEnumerable<string> Undeclared(JsonElement schema, JsonElement required, string path) => required.EnumerateArray()
        .Where(name => !schema.TryGetProperty("properties", out var properties) || !properties.TryGetProperty(name.GetString()!, out _))
        .Select(name => $"{path}.required: property {name} is not defined");

    private static string[] Check(bool holds, string path) => holds ? [] : [$"Invalid value at '{path}'"];

    /// <summary>The same schema in the words of JSON Schema.</summary>
    public static JsonNode AsJsonSchema(JsonElement schema)
    {
        var plain = new JsonObject();
        foreach (var field in schema.EnumerateObject())
        {
            if (field.Name == "nullable") continue;
            plain[field.Name] = field.Name switch
            {
                "type" => field.Value.GetString()!.ToLowerInvariant(),
                "items" => AsJsonSchema(field.Value),
                "anyOf" => new JsonArray([.. field.Value.EnumerateArray().Select(AsJsonSchema)]),
                "properties" => new JsonObject(field.Value.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, (JsonNode?)AsJsonSchema(property.Value)))),
                _ => JsonNode.Parse(field.Value.GetRawText()),
            };
        }

        return schema.TryGetProperty("nullable", out _) ? new JsonObject { ["anyOf"] = new JsonArray(plain, new JsonObject { ["type"] = "null" }) } : plain;
    }
}
