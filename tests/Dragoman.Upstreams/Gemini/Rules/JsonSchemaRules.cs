using System.Text.Json;

namespace Dragoman.Upstreams.Gemini.Rules;

/// <summary>
/// What <c>parametersJsonSchema</c> and <c>responseJsonSchema</c> take of JSON Schema. Google's servers refuse some other keywords and ignore
/// the rest; which is not documented, so all are refused here.
/// </summary>
internal static class JsonSchemaRules
{
    private static readonly string[] Keywords =
    [
        "$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items", "prefixItems", "minItems", "maxItems", "minimum",
        "maximum", "anyOf", "oneOf", "properties", "additionalProperties", "required", "propertyOrdering",
    ];

    /// <summary>Checks a schema with all of its parts.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="path">Where it is.</param>
    /// <exception cref="RequestFault">It has a keyword that isn't supported.</exception>
    public static void Check(JsonElement schema, string path)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False && path.EndsWith("additionalProperties", StringComparison.Ordinal))
        {
            return;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw RequestFault.Of($"Invalid JSON schema at '{path}': a schema must be an object.");
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            Check(keyword, path);
        }
    }

    private static void Check(JsonProperty keyword, string path)
    {
        var inside = $"{path}.{keyword.Name}";
        switch (keyword.Name)
        {
            case "properties" or "$defs" when keyword.Value.ValueKind == JsonValueKind.Object:
                foreach (var entry in keyword.Value.EnumerateObject())
                {
                    Check(entry.Value, $"{inside}.{entry.Name}");
                }

                break;
            case "anyOf" or "oneOf" or "prefixItems" when keyword.Value.ValueKind == JsonValueKind.Array:
                foreach (var (index, entry) in keyword.Value.EnumerateArray().Index())
                {
                    Check(entry, $"{inside}[{index}]");
                }

                break;
            case "items" or "additionalProperties":
                Check(keyword.Value, inside);
                break;
            case var name when !Keywords.Contains(name):
                throw RequestFault.Of($"Invalid JSON payload received. Unknown name \"{name}\" at '{path}': Cannot find field.");
        }
    }
}
