using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>Passes that say one keyword with another that more upstreams know.</summary>
internal static class SchemaVariants
{
    /// <summary><c>const</c> is an <c>enum</c> of one; the meaning is the same.</summary>
    public static void ConstToEnum(JsonObject schema)
    {
        SchemaTree.ForEachPart(schema, "", (part, _) => ConstToEnum(part));
        if (!schema.TryGetPropertyValue("const", out var value))
            return;

        var index = schema.IndexOf("const");
        schema.RemoveAt(index);
        var only = new JsonArray(value?.DeepClone());
        if (schema.ContainsKey("enum"))
            schema["enum"] = only;
        else
            schema.Insert(index, "enum", only);
    }

    /// <summary>
    /// A tuple's element schemas as alternatives in <c>items</c>: without <c>prefixItems</c>, <c>items</c> would apply to the first elements too.
    /// <c>prefixItems</c> itself stays, for the text pass.
    /// </summary>
    public static void PrefixItemsToItems(JsonObject schema)
    {
        SchemaTree.ForEachPart(schema, "", (part, _) => PrefixItemsToItems(part));
        if (schema["prefixItems"] is not JsonArray first)
            return;

        var isClosed = schema["maxItems"] is JsonValue max && int.TryParse(max.ToJsonString(), out var count) && count <= first.Count;
        var rest = schema["items"] as JsonObject;
        schema.Remove("items");
        if (!isClosed && (rest is null or { Count: 0 }))
            return;

        var elements = first.Concat(isClosed || rest is null ? [] : [rest]).ToArray();
        schema["items"] = new JsonObject { ["anyOf"] = new JsonArray([.. elements.Select(element => element?.DeepClone())]) };
    }

    /// <summary>
    /// Takes the exclusions out of the schemas of array elements, which are otherwise kept as they are: other passes let a part accept more than it did
    /// (a reference that was cut, <c>false</c>), and a <c>oneOf</c>, <c>not</c> or <c>if</c> around it would then refuse what was accepted before.
    /// <c>oneOf</c> becomes <c>anyOf</c>, the others become text.
    /// </summary>
    public static void RelaxElements(JsonObject schema, bool inElements = false)
    {
        SchemaTree.ForEachChild(schema, "", (child, at) =>
        {
            if (child is JsonObject inner) RelaxElements(inner, inElements || at.StartsWith("items", StringComparison.Ordinal));
            return child;
        });
        if (!inElements) return;
        foreach (var keyword in (ReadOnlySpan<string>)["not", "if", "then", "else"])
        {
            if (schema[keyword] is not { } excluded) continue;
            schema.Remove(keyword);
            schema["description"] = $"{SchemaTree.Text(schema["description"])} ({keyword}: {excluded.ToJsonString()})".Trim();
        }

        if (schema["oneOf"] is not JsonArray branches) return;
        schema.Remove("oneOf");
        if (!schema.ContainsKey("anyOf")) schema["anyOf"] = branches;
        else if (schema["allOf"] is JsonArray all) all.Add((JsonNode)new JsonObject { ["anyOf"] = branches });
        else schema["allOf"] = new JsonArray(new JsonObject { ["anyOf"] = branches });
    }

    /// <summary><c>oneOf</c> as <c>anyOf</c>: only that branches exclude each other is lost. Next to an <c>anyOf</c> it stays, for the text pass.</summary>
    public static void OneOfToAnyOf(JsonObject schema, SchemaNotes notes) => OneOfToAnyOf(schema, "", notes);

    /// <summary>The same for a schema that stands at <paramref name="path"/>.</summary>
    public static void OneOfToAnyOf(JsonObject schema, string path, SchemaNotes notes)
    {
        SchemaTree.ForEachPart(schema, path, (part, at) => OneOfToAnyOf(part, at, notes));
        if (schema.ContainsKey("anyOf") || schema["oneOf"] is not { } branches)
            return;

        var index = schema.IndexOf("oneOf");
        schema.RemoveAt(index);
        schema.Insert(index, "anyOf", branches);
        notes.Add(path, "oneOf became anyOf");
    }
}
