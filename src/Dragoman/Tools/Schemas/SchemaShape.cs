using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>
/// The pass that gives every keyword its proper shape, everywhere in a schema, so that later passes and strict upstreams need not ask:
/// a boolean schema becomes an object, a keyword of the wrong type goes (with a note), a type's name is spelled as JSON Schema does.
/// </summary>
internal static class SchemaShape
{
    private static readonly FrozenSet<string> TypeNames =
        FrozenSet.Create(StringComparer.Ordinal, "null", "boolean", "integer", "number", "string", "array", "object");

    /// <summary>For a keyword, what makes of its value a valid one; null when that cannot be told. Keywords that are not here take anything.</summary>
    private static readonly FrozenDictionary<string, Func<JsonNode?, JsonNode?>> Shapes = new Dictionary<string, Func<JsonNode?, JsonNode?>>
    {
        ["type"] = Type,
        ["required"] = Required,
        ["enum"] = NonEmptyList,
        ["anyOf"] = Branches,
        ["oneOf"] = Branches,
        ["allOf"] = NonEmptyList,
        ["prefixItems"] = NonEmptyList,
        ["properties"] = Map,
        ["patternProperties"] = Map,
        ["dependentSchemas"] = Map,
        ["dependentRequired"] = Map,
        ["$defs"] = Map,
        ["definitions"] = Map,
        ["title"] = Text,
        ["description"] = Text,
        ["$ref"] = Text,
        ["$dynamicRef"] = Text,
        ["not"] = SchemaOrBoolean,
        ["if"] = SchemaOrBoolean,
        ["then"] = SchemaOrBoolean,
        ["else"] = SchemaOrBoolean,
        ["contains"] = SchemaOrBoolean,
        ["propertyNames"] = SchemaOrBoolean,
        ["additionalProperties"] = SchemaOrBoolean,
        ["unevaluatedProperties"] = SchemaOrBoolean,
        ["unevaluatedItems"] = SchemaOrBoolean,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Brings a schema and all schemas in it into shape, in place.</summary>
    public static void Repair(JsonObject schema, SchemaNotes notes) => Repair(schema, "", notes);

    /// <summary>The schema that nothing fits, in words: upstreams do not take <c>false</c>, and few understand <c>{"not":{}}</c>.</summary>
    private static JsonObject Nothing() => new() { ["description"] = SchemaConstraintText.MustBeAbsent };

    private static void Repair(JsonObject schema, string path, SchemaNotes notes)
    {
        foreach (var (keyword, value) in schema.ToArray())
        {
            if (!Shapes.TryGetValue(keyword, out var shape))
                continue;

            var repaired = shape(value);
            if (repaired is null)
            {
                schema.Remove(keyword);
                notes.Add(path, $"{keyword} dropped, its value is not a valid one");
            }
            else if (!ReferenceEquals(repaired, value))
            {
                schema[keyword] = repaired;
            }
        }

        ItemsFalseToMaxItems(schema);
        SchemaTree.ForEachChild(schema, path, (child, at) => Child(child, at, notes));
    }

    private static JsonObject Child(JsonNode? child, string path, SchemaNotes notes)
    {
        if (child is JsonObject schema)
        {
            Repair(schema, path, notes);
            return schema;
        }

        if (SchemaTree.Boolean(child) is { } boolean)
            return boolean ? new JsonObject() : Nothing();

        // `"x": "string"` is a common shorthand of hand-written tools.
        if (SchemaTree.Text(child) is not null && Type(child) is { } type)
        {
            notes.Add(path, "a bare type name, read as its type");
            return new JsonObject { ["type"] = type.DeepClone() };
        }

        notes.Add(path, "not a schema, anything is accepted");
        return new JsonObject();
    }

    /// <summary>One name or a list of them, in the standard's spelling (Gemini's own schemas write them in capitals).</summary>
    private static JsonNode? Type(JsonNode? value)
    {
        var written = SchemaTree.Strings(value).ToArray();
        var names = written.Select(name => name.ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToArray();

        // An unknown name may have allowed more than the known ones next to it, so nothing is left of the keyword.
        if (names.Length == 0 || !names.All(TypeNames.Contains) || (value is JsonArray list && list.Count != written.Length))
            return null;
        if (names.SequenceEqual(written, StringComparer.Ordinal))
            return value;
        return value is JsonArray ? SchemaTree.ArrayOf(names) : JsonValue.Create(names[0]);
    }

    private static JsonNode? Required(JsonNode? value)
    {
        if (value is not JsonArray list)
            return null;
        var names = SchemaTree.Strings(list).ToArray();
        return names.Length == list.Count ? value : SchemaTree.ArrayOf(names);
    }

    /// <summary>A branch that nothing fits is no alternative; it goes as long as another one stays.</summary>
    private static JsonNode? Branches(JsonNode? value)
    {
        if (NonEmptyList(value) is not JsonArray branches)
            return null;
        var possible = branches.Where(branch => SchemaTree.Boolean(branch) != false).ToArray();
        return possible.Length == branches.Count || possible.Length == 0
            ? value
            : new JsonArray([.. possible.Select(branch => branch?.DeepClone())]);
    }

    private static JsonNode? NonEmptyList(JsonNode? value) => value is JsonArray { Count: > 0 } ? value : null;

    private static JsonNode? Map(JsonNode? value) => value as JsonObject;

    private static JsonNode? Text(JsonNode? value) => SchemaTree.Text(value) is null ? null : value;

    private static JsonNode? SchemaOrBoolean(JsonNode? value) => value is JsonObject || SchemaTree.Boolean(value) is not null ? value : null;

    /// <summary>
    /// "No further elements" is said as a number, which <c>maxItems</c> is for: upstreams copy <c>items</c> to places where a boolean is an error.
    /// </summary>
    private static void ItemsFalseToMaxItems(JsonObject schema)
    {
        if (!schema.TryGetPropertyValue("items", out var items) || SchemaTree.Boolean(items) != false)
            return;

        schema.Remove("items");
        if (!schema.ContainsKey("maxItems"))
            schema["maxItems"] = (schema["prefixItems"] as JsonArray)?.Count ?? 0;
    }
}
