using System.Text.Json;

namespace Dragoman.Tools;

/// <summary>The types of JSON Schema. A whole number has both number types.</summary>
[Flags]
internal enum JsonTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Number = 8,
    String = 16,
    Array = 32,
    Object = 64,
    All = 127,
}

/// <summary>
/// Answers what a tool's schema says about a value's type and its listed values; deeper constraints do not matter for a coercion. Reads any schema:
/// what is odd in it counts as absent.
/// </summary>
internal sealed class ArgumentSchemas(JsonElement root)
{
    /// <summary>References and nested alternatives in one another; ends references that lead in a circle.</summary>
    internal const int MaxDepth = 64;

    /// <summary>Schemas looked at for one call. A few definitions that refer to each other twice would take exponential time without it.</summary>
    internal const int MaxSteps = 100_000;

    private int _steps;

    /// <summary>Whether the schema takes a value of this type. Without a word about types it takes all.</summary>
    public bool Accepts(JsonElement schema, JsonElement value, int depth = 0)
    {
        if (schema.ValueKind == JsonValueKind.False)
            return false;
        if (schema.ValueKind != JsonValueKind.Object || !Enter(depth))
            return true;
        if ((TypesOf(schema) & TypeOf(value)) == JsonTypes.None || !IsListed(schema, value))
            return false;

        foreach (var keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (Branches(schema, keyword) is { Count: > 0 } branches && !branches.Exists(branch => Accepts(branch, value, depth + 1)))
                return false;
        }

        return Conjuncts(schema).TrueForAll(part => Accepts(part, value, depth + 1));
    }

    /// <summary>The schemas that a value must fit besides the schema's own keywords: the target of <c>$ref</c>, and those in <c>allOf</c>.</summary>
    public List<JsonElement> Conjuncts(JsonElement schema)
    {
        var parts = Branches(schema, "allOf");
        if (schema.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String && Resolve(reference.GetString()!) is { } target)
            parts.Insert(0, target);
        return parts;
    }

    /// <summary>The schemas in a list keyword; none when it is absent.</summary>
    public static List<JsonElement> Branches(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    /// <summary>The types that the schema's own keywords allow.</summary>
    public static JsonTypes TypesOf(JsonElement schema)
    {
        if (schema.TryGetProperty("type", out var type))
        {
            var named = type.ValueKind switch
            {
                JsonValueKind.String => Named(type),
                JsonValueKind.Array => type.EnumerateArray().Aggregate(JsonTypes.None, (all, name) => all | Named(name)),
                _ => JsonTypes.All,
            };
            return named == JsonTypes.None ? JsonTypes.All : named;
        }

        return Listed(schema) is { } values ? values.Aggregate(JsonTypes.None, (all, value) => all | TypeOf(value)) : JsonTypes.All;
    }

    /// <summary>Whether <c>enum</c> and <c>const</c> have the value; true without them.</summary>
    public static bool IsListed(JsonElement schema, JsonElement value) =>
        Listed(schema) is not { } values || values.Exists(listed => JsonElement.DeepEquals(listed, value));

    /// <summary>The types that a value has. By the standard every whole number is an integer, also 3.0 and 1e3.</summary>
    public static JsonTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.Object => JsonTypes.Object,
        JsonValueKind.Number => IsPlainInteger(value) || Math.Floor(value.GetDouble()) == value.GetDouble() ? JsonTypes.Integer | JsonTypes.Number : JsonTypes.Number,
        _ => JsonTypes.None,
    };

    /// <summary>Whether a number is written with digits only, which is how many clients want their integers.</summary>
    public static bool IsPlainInteger(JsonElement number) => JsonBytes.Of(number).IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;

    /// <summary>Counts a step; false when the nesting is so deep that it must be a circle.</summary>
    public bool Enter(int depth)
    {
        if (++_steps > MaxSteps)
            throw new SchemaTooComplexException();
        return depth < MaxDepth;
    }

    private static List<JsonElement>? Listed(JsonElement schema) =>
        schema.TryGetProperty("const", out var only) ? [only] : Branches(schema, "enum") is { Count: > 0 } values ? values : null;

    private static JsonTypes Named(JsonElement name) => (name.ValueKind == JsonValueKind.String ? name.GetString() : null) switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        "string" => JsonTypes.String,
        "array" => JsonTypes.Array,
        "object" => JsonTypes.Object,
        _ => JsonTypes.All,
    };

    private JsonElement? Resolve(string reference)
    {
        if (reference == "#")
            return root;
        if (!reference.StartsWith("#/", StringComparison.Ordinal))
            return null;

        var node = root;
        foreach (var segment in reference[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(segment).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (node.ValueKind == JsonValueKind.Array && int.TryParse(name, out var index) && index >= 0 && index < node.GetArrayLength())
                node = node[index];
            else if (node.ValueKind != JsonValueKind.Object || !node.TryGetProperty(name, out node))
                return null;
        }

        return node;
    }
}
