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

    /// <summary><c>oneOf</c> as <c>anyOf</c>: only that branches exclude each other is lost. Next to an <c>anyOf</c> it stays, for the text pass.</summary>
    public static void OneOfToAnyOf(JsonObject schema, SchemaNotes notes) => OneOfToAnyOf(schema, "", notes);

    private static void OneOfToAnyOf(JsonObject schema, string path, SchemaNotes notes)
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
