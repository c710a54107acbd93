using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dragoman.Tests.Tools.Schemas;

/// <summary>A small JSON Schema 2020-12 validator for the keywords that <see cref="SchemaGenerator"/> writes.</summary>
internal static class SchemaValidator
{
    /// <summary>False also for a schema that refers to itself for the same value, which the standard leaves without a meaning.</summary>
    public static bool Accepts(JsonElement root, JsonElement value)
    {
        try
        {
            return Accepts(root, root, value);
        }
        catch (InsufficientExecutionStackException)
        {
            return false;
        }
    }

    private static bool Accepts(JsonElement root, JsonElement schema, JsonElement value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return schema.GetBoolean();
        return schema.EnumerateObject().All(keyword => Keyword(root, schema, keyword.Name, keyword.Value, value));
    }

    private static bool Keyword(JsonElement root, JsonElement schema, string keyword, JsonElement wanted, JsonElement value) => keyword switch
    {
        "type" => (wanted.ValueKind == JsonValueKind.Array ? wanted.EnumerateArray() : Enumerable.Repeat(wanted, 1)).Any(type => HasType(type.GetString()!, value)),
        "enum" => wanted.EnumerateArray().Any(listed => JsonElement.DeepEquals(listed, value)),
        "const" => JsonElement.DeepEquals(wanted, value),
        "anyOf" => wanted.EnumerateArray().Any(branch => Accepts(root, branch, value)),
        "oneOf" => wanted.EnumerateArray().Count(branch => Accepts(root, branch, value)) == 1,
        "allOf" => wanted.EnumerateArray().All(branch => Accepts(root, branch, value)),
        "not" => !Accepts(root, wanted, value),
        "if" => !schema.TryGetProperty("then", out var then) || !Accepts(root, wanted, value) || Accepts(root, then, value),
        "$ref" => Accepts(root, Target(root, wanted.GetString()!), value),
        _ => value.ValueKind switch
        {
            JsonValueKind.Number => Number(keyword, wanted, value.GetDouble()),
            JsonValueKind.String => String(keyword, wanted, value.GetString()!),
            JsonValueKind.Array => Array(root, schema, keyword, wanted, [.. value.EnumerateArray()]),
            JsonValueKind.Object => Object(root, schema, keyword, wanted, value),
            _ => true,
        },
    };

    private static bool Number(string keyword, JsonElement wanted, double value) => keyword switch
    {
        "minimum" => value >= wanted.GetDouble(),
        "exclusiveMinimum" => value > wanted.GetDouble(),
        "maximum" => value <= wanted.GetDouble(),
        _ => true,
    };

    private static bool String(string keyword, JsonElement wanted, string value) => keyword switch
    {
        "minLength" => value.Length >= wanted.GetInt32(),
        "maxLength" => value.Length <= wanted.GetInt32(),
        "pattern" => Regex.IsMatch(value, wanted.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)),
        _ => true,
    };

    private static bool Array(JsonElement root, JsonElement schema, string keyword, JsonElement wanted, JsonElement[] elements) => keyword switch
    {
        "items" => elements.Skip(schema.TryGetProperty("prefixItems", out var first) ? first.GetArrayLength() : 0).All(element => Accepts(root, wanted, element)),
        "prefixItems" => elements.Zip(wanted.EnumerateArray()).All(pair => Accepts(root, pair.Second, pair.First)),
        "minItems" => elements.Length >= wanted.GetInt32(),
        "maxItems" => elements.Length <= wanted.GetInt32(),
        _ => true,
    };

    private static bool Object(JsonElement root, JsonElement schema, string keyword, JsonElement wanted, JsonElement value) => keyword switch
    {
        "properties" => wanted.EnumerateObject().All(property => !value.TryGetProperty(property.Name, out var member) || Accepts(root, property.Value, member)),
        "required" => wanted.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "additionalProperties" => value.EnumerateObject()
            .Where(member => !(schema.TryGetProperty("properties", out var declared) && declared.TryGetProperty(member.Name, out _)))
            .All(member => Accepts(root, wanted, member.Value)),
        "propertyNames" => value.EnumerateObject().All(member => Accepts(root, wanted, JsonElement.Parse($"\"{member.Name}\""))),
        _ => true,
    };

    private static JsonElement Target(JsonElement root, string reference) =>
        reference == "#" ? root : root.GetProperty("$defs").GetProperty(reference["#/$defs/".Length..]);

    private static bool HasType(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && Math.Floor(value.GetDouble()) == value.GetDouble(),
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => false,
    };
}
