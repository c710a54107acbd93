using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>Which types of values a schema takes, and which of its keywords speak of which type.</summary>
internal static class SchemaTypes
{
    private static readonly string[] All = ["string", "number", "boolean", "object", "array", "null"];

    /// <summary>The types that a keyword is about; a keyword that is not here is about all of them.</summary>
    private static readonly FrozenDictionary<string, string> Subjects = new Dictionary<string, string>
    {
        ["minLength"] = "string",
        ["maxLength"] = "string",
        ["pattern"] = "string",
        ["contentEncoding"] = "string",
        ["contentMediaType"] = "string",
        ["contentSchema"] = "string",
        ["minimum"] = "number",
        ["maximum"] = "number",
        ["exclusiveMinimum"] = "number",
        ["exclusiveMaximum"] = "number",
        ["multipleOf"] = "number",
        ["items"] = "array",
        ["prefixItems"] = "array",
        ["additionalItems"] = "array",
        ["unevaluatedItems"] = "array",
        ["minItems"] = "array",
        ["maxItems"] = "array",
        ["uniqueItems"] = "array",
        ["contains"] = "array",
        ["minContains"] = "array",
        ["maxContains"] = "array",
        ["properties"] = "object",
        ["required"] = "object",
        ["additionalProperties"] = "object",
        ["unevaluatedProperties"] = "object",
        ["patternProperties"] = "object",
        ["propertyNames"] = "object",
        ["minProperties"] = "object",
        ["maxProperties"] = "object",
        ["dependentRequired"] = "object",
        ["dependentSchemas"] = "object",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The types of the values that fit: those that are declared (all of them where nothing is) and that a list of values leaves. OpenAPI's
    /// <c>nullable</c> counts. When nothing could fit, the declared types.
    /// </summary>
    public static List<string> Of(JsonObject schema)
    {
        var declared = schema["type"] is { } type ? SchemaTree.Strings(type).ToList() : [.. All];
        if (declared.Contains("number", StringComparer.Ordinal)) declared.Remove("integer");
        var types = schema["enum"] is JsonArray values ? Listed(declared, values) : declared;
        if (SchemaTree.Boolean(schema["nullable"]) == true && !types.Contains("null", StringComparer.Ordinal)) types.Add("null");
        return types;
    }

    private static List<string> Listed(List<string> declared, JsonArray values)
    {
        var listed = declared.Where(name => values.Any(value => Has(name, value))).ToList();
        if (listed.Count == 0) return declared;

        // A list of whole numbers says more than that they are numbers.
        var number = listed.IndexOf("number");
        if (number >= 0 && values.Where(value => Has("number", value)).All(value => Has("integer", value))) listed[number] = "integer";
        return listed;
    }

    /// <summary>Whether a value is of the type.</summary>
    public static bool Has(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) or ("array", JsonValueKind.Array) => true,
        ("object", JsonValueKind.Object) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => Number(value) is { } number && Math.Floor(number) == number,
        _ => false,
    };

    /// <summary>Whether the keyword says something about values of the type.</summary>
    public static bool Concerns(string keyword, string type) => !IsAboutOne(keyword) || IsAbout(keyword, type);

    /// <summary>Whether the keyword is about values of this type only.</summary>
    public static bool IsAbout(string keyword, string type) =>
        Subjects.TryGetValue(keyword, out var subject) && (subject == type || (subject == "number" && type == "integer"));

    /// <summary>Whether the keyword is about values of one type only.</summary>
    public static bool IsAboutOne(string keyword) => Subjects.ContainsKey(keyword);

    /// <summary>The number that a node is, or null for anything else and for what is too large.</summary>
    public static double? Number(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.Number && double.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) ? number : null;
}
