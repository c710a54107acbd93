using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>
/// A schema in the form that OpenAI holds an answer to: all objects closed, all of their properties required, those that were optional also <c>null</c> (guide
/// "Structured outputs", "Supported schemas"). What the form has no keyword for becomes text.
/// </summary>
/// <param name="Json">The schema as compact UTF-8 JSON.</param>
/// <param name="Notes">What was approximated and where.</param>
/// <param name="AddsNulls">Optional properties may come as <c>null</c>, which the original may refuse.</param>
internal sealed record StrictSchema(ReadOnlyMemory<byte> Json, IReadOnlyList<string> Notes, bool AddsNulls)
{
    private static readonly FrozenSet<string> Kept = FrozenSet.Create(
        StringComparer.Ordinal, "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref", "$defs", "definitions", "title",
        "pattern", "format", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems");

    // Keywords by which an object is open, or several schemas one: nothing of it can be said in the strict form.
    private static readonly FrozenSet<string> Open = FrozenSet.Create(
        StringComparer.Ordinal, "patternProperties", "allOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "$dynamicRef", "prefixItems");

    private static readonly FrozenSet<string> Formats = FrozenSet.Create(
        StringComparer.Ordinal, "date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid");

    /// <summary>The strict form; null when there is none, for example because the schema lets an object have any properties.</summary>
    public static StrictSchema? Of(ReadOnlyMemory<byte> schema)
    {
        if (SchemaTree.Parse(schema) is not { } root) return null;
        var notes = new SchemaNotes();
        root.Remove("$schema");
        SchemaShape.Repair(root, notes);
        SchemaMerge.MergeAllOf(root);
        if (SchemaTree.Text(root["type"]) != "object") return null;
        var addsNulls = false;
        return Close(root, "", notes, ref addsNulls) ? new StrictSchema(SchemaTree.Write(root), notes.Lines, addsNulls) : null;
    }

    private static bool Close(JsonObject schema, string path, SchemaNotes notes, ref bool addsNulls)
    {
        // "$ref cannot have keywords" beside it.
        if (schema.ContainsKey("$ref")) return schema.Count == 1;
        if (schema.Any(member => Open.Contains(member.Key)) || !IsTyped(schema)) return false;
        if (SchemaTree.Text(schema["format"]) is { } format && !Formats.Contains(format)) Say(schema, path, "format", notes);
        foreach (var keyword in schema.Select(member => member.Key).Where(key => key != "description" && !Kept.Contains(key)).ToArray()) Say(schema, path, keyword, notes);
        if (!CloseObject(schema, ref addsNulls)) return false;
        var (closed, nulls) = (true, addsNulls);
        SchemaTree.ForEachChild(schema, path, (child, at) =>
        {
            closed &= child is JsonObject inner && Close(inner, at, notes, ref nulls);
            return child;
        });
        addsNulls = nulls;
        return closed;
    }

    // "schema must have a 'type' key": anything at all is not to be had.
    private static bool IsTyped(JsonObject schema)
    {
        if (schema.ContainsKey("type") || schema.ContainsKey("anyOf")) return true;
        var values = schema["enum"] as JsonArray ?? (schema.TryGetPropertyValue("const", out var only) ? [only?.DeepClone()] : []);
        if (values.Count == 0 || values.Any(value => value?.GetValueKind() != JsonValueKind.String)) return false;
        schema.Insert(0, "type", "string");
        return true;
    }

    private static void Say(JsonObject schema, string path, string keyword, SchemaNotes notes)
    {
        var kept = schema.Select(member => member.Key).Where(key => key != keyword).ToFrozenSet(StringComparer.Ordinal);
        if (SchemaConstraintText.Take(schema, path, kept, notes) is { } text) schema["description"] = SchemaConstraintText.Append(SchemaTree.Text(schema["description"]), text);
    }

    private static bool CloseObject(JsonObject schema, ref bool addsNulls)
    {
        if (!SchemaTree.Strings(schema["type"]).Contains("object", StringComparer.Ordinal)) return true;
        // Silence about other properties is meant as "none" by whoever asks for strictness; Anthropic itself insists that it is said.
        var others = schema["additionalProperties"];
        if (others is not null && SchemaTree.Boolean(others) != false) return false;
        if (schema["properties"] is not JsonObject properties)
        {
            if (others is null) return false;
            schema["properties"] = properties = [];
        }

        var required = SchemaTree.Strings(schema["required"]).ToFrozenSet(StringComparer.Ordinal);
        if (!required.All(properties.ContainsKey)) return false;
        foreach (var (name, property) in properties.ToArray())
        {
            if (required.Contains(name) || property is not JsonObject optional) continue;
            addsNulls |= MakeNullable(properties, name, optional);
        }

        schema["required"] = SchemaTree.ArrayOf(properties.Select(property => property.Key));
        schema["additionalProperties"] = false;
        return true;
    }

    private static bool MakeNullable(JsonObject properties, string name, JsonObject schema)
    {
        if (schema["anyOf"] is JsonArray branches)
        {
            if (branches.OfType<JsonObject>().Any(branch => SchemaTree.Strings(branch["type"]).Contains("null", StringComparer.Ordinal))) return false;
            branches.Add((JsonNode)new JsonObject { ["type"] = "null" });
            return true;
        }

        var types = SchemaTree.Strings(schema["type"]).ToList();
        if (types.Contains("null", StringComparer.Ordinal)) return false;
        if (types.Count == 0 || schema.ContainsKey("const"))
        {
            properties[name] = null;
            properties[name] = new JsonObject { ["anyOf"] = new JsonArray(schema.DeepClone(), new JsonObject { ["type"] = "null" }) };
            return true;
        }

        schema["type"] = SchemaTree.ArrayOf([.. types, "null"]);
        if (schema["enum"] is JsonArray values) values.Add((JsonNode?)null);
        return true;
    }
}
