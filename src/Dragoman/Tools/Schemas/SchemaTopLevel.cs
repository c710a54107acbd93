using System.Collections.Frozen;
using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>
/// Passes for the top level of a tool's schema, which upstreams want to be one plain object: alternatives are joined into one set of properties,
/// and what they were is said in words.
/// </summary>
internal static class SchemaTopLevel
{
    /// <summary>
    /// Joins the branches of a top-level <c>anyOf</c> and <c>oneOf</c> into the schema. A property gets the schema that any branch has for it; it is
    /// required if it is in every branch. A branch that leaves a property open does not widen it: models do better with the schema than without.
    /// </summary>
    /// <returns>The alternatives in words (<c>Use any of {kind: "a", x}, {kind: "b", y?}.</c>), or null when there were none.</returns>
    public static string? Flatten(JsonObject root, SchemaNotes notes)
    {
        string? text = null;
        foreach (var keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (root[keyword] is not JsonArray branches)
                continue;

            root.Remove(keyword);
            var objects = branches.OfType<JsonObject>().Where(AcceptsObjects).ToArray();
            foreach (var branch in objects)
                Flatten(branch, notes);
            if (objects.Length == 0)
                continue;

            var quantifier = keyword == "anyOf" ? "any" : "one";
            if (objects.Length > 1)
                text = SchemaConstraintText.Append(text, $"Use {quantifier} of {string.Join(", ", objects.Select(Outline).Distinct(StringComparer.Ordinal))}.");
            Join(root, objects);
            notes.Add("", $"{keyword} joined into one set of properties");
        }

        return text;
    }

    /// <summary>Everything the top level says that has no place in the parameters object: its description, alternatives and constraints.</summary>
    public static string? Description(JsonObject root, string? alternatives, string? constraints) =>
        SchemaConstraintText.Append(SchemaConstraintText.Append(SchemaTree.Text(root["description"]), alternatives), constraints);

    /// <summary>Leaves only the keywords that the upstream keeps, with <c>type</c> <c>object</c> and a property map.</summary>
    public static void MakeObject(JsonObject root, FrozenSet<string> kept, SchemaNotes notes)
    {
        foreach (var keyword in root.Select(member => member.Key).Where(keyword => !kept.Contains(keyword)).ToArray())
            root.Remove(keyword);
        MakeObject(root, notes);
    }

    /// <summary>Makes the top level an object with a property map and leaves its other keywords alone.</summary>
    public static void MakeObject(JsonObject root, SchemaNotes notes)
    {
        if (!AcceptsObjects(root))
            notes.Add("", "type replaced, a tool's input is an object");
        if (!root.ContainsKey("type"))
            root.Insert(0, "type", "object");
        else if (SchemaTree.Text(root["type"]) != "object")
            root["type"] = "object";
        if (!root.ContainsKey("properties"))
            root["properties"] = new JsonObject();
    }

    private static bool AcceptsObjects(JsonObject schema) =>
        !schema.ContainsKey("type") || SchemaTree.Strings(schema["type"]).Contains("object", StringComparer.Ordinal);

    private static void Join(JsonObject root, JsonObject[] branches)
    {
        var names = branches.SelectMany(branch => Properties(branch).Select(property => property.Key)).Distinct(StringComparer.Ordinal).ToArray();
        var joined = new JsonObject();
        foreach (var name in names)
        {
            var variants = branches.Select(branch => Properties(branch)[name]).OfType<JsonObject>().ToArray();

            // Where the schema itself has the property, a branch that is silent about it leaves that schema alone.
            if (variants.Length == branches.Length || !Properties(root).ContainsKey(name))
                joined[name] = Union(variants);
        }

        var required = branches.Select(branch => SchemaTree.Strings(branch["required"])).Aggregate((all, some) => all.Intersect(some, StringComparer.Ordinal));
        var addition = new JsonObject { ["properties"] = joined };
        if (required.Any())
            addition["required"] = SchemaTree.ArrayOf(required);
        SchemaMerge.Into(root, addition);
    }

    /// <summary>One schema for a property that several branches have: the same one, one list of values, or alternatives.</summary>
    private static JsonObject Union(JsonObject[] variants)
    {
        var distinct = new List<JsonObject>();
        foreach (var variant in variants)
        {
            if (!distinct.Exists(other => JsonNode.DeepEquals(other, variant)))
                distinct.Add(variant);
        }

        if (distinct.Count == 1)
            return (JsonObject)distinct[0].DeepClone();
        if (!distinct.TrueForAll(IsPlainEnum))
            return new JsonObject { ["anyOf"] = new JsonArray([.. distinct.Select(variant => variant.DeepClone())]) };

        var union = (JsonObject)distinct[0].DeepClone();
        foreach (var keyword in (ReadOnlySpan<string>)["type", "description", "title"])
        {
            if (distinct.Select(variant => variant[keyword]).Any(value => !JsonNode.DeepEquals(value, union[keyword])))
                union.Remove(keyword);
        }

        var values = (JsonArray)union["enum"]!;
        foreach (var value in distinct.Skip(1).SelectMany(variant => (JsonArray)variant["enum"]!))
        {
            if (!values.Any(present => JsonNode.DeepEquals(present, value)))
                values.Add(value?.DeepClone());
        }

        return union;
    }

    private static bool IsPlainEnum(JsonObject schema) =>
        schema["enum"] is JsonArray && schema.All(keyword => keyword.Key is "enum" or "type" or "description" or "title");

    /// <summary>A branch in short: its properties with the only value that fits, or a question mark when they are optional.</summary>
    private static string Outline(JsonObject branch)
    {
        var required = SchemaTree.Strings(branch["required"]).ToArray();
        var names = Properties(branch).Select(property => property.Key).Union(required, StringComparer.Ordinal);
        return $"{{{string.Join(", ", names.Select(Member))}}}";

        string Member(string name)
        {
            var optional = required.Contains(name, StringComparer.Ordinal) ? "" : "?";
            return Properties(branch)[name] is JsonObject schema && schema["enum"] is JsonArray { Count: 1 } only
                ? $"{name}{optional}: {(only[0] is { } value ? Encoding.UTF8.GetString(SchemaTree.Write(value)) : "null")}"
                : name + optional;
        }
    }

    private static JsonObject Properties(JsonObject schema) => schema["properties"] as JsonObject ?? [];
}
