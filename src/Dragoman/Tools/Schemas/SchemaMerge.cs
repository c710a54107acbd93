using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>
/// Makes one schema of two that a value must both fit. What cannot be said in one schema (two patterns, two sets of alternatives) stays as a
/// smaller <c>allOf</c>. Property sets are joined, so a constraint about the other properties then applies to fewer of them.
/// </summary>
internal static class SchemaMerge
{
    /// <summary>Keywords that say nothing about values: the outer schema's word counts.</summary>
    private static readonly FrozenSet<string> Annotations = FrozenSet.Create(
        StringComparer.Ordinal, "title", "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "$schema", "$id", "$comment", "$anchor",
        "$dynamicAnchor", "$vocabulary");

    private static readonly FrozenSet<string> LowerBounds = FrozenSet.Create(
        StringComparer.Ordinal, "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties");

    private static readonly FrozenSet<string> UpperBounds = FrozenSet.Create(
        StringComparer.Ordinal, "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties");

    /// <summary>Keywords that only mean something together, so they are moved together.</summary>
    private static readonly string[][] Groups = [["if", "then", "else"], ["contains", "minContains", "maxContains"]];

    /// <summary>The pass: merges every <c>allOf</c> into the schema that has it, from the inside out. Array elements and constraints are left alone.</summary>
    public static void MergeAllOf(JsonObject schema) => MergeAllOf(schema, "");

    /// <summary>Adds everything that <paramref name="addition"/> demands to <paramref name="target"/>; the target's annotations and order win.</summary>
    public static void Into(JsonObject target, JsonObject addition)
    {
        var occupied = Groups.Where(group => group.Any(target.ContainsKey)).SelectMany(group => group).ToArray();
        var rest = new JsonObject();
        foreach (var (keyword, value) in addition)
        {
            if (occupied.Contains(keyword, StringComparer.Ordinal))
                rest[keyword] = value?.DeepClone();
            else if (!target.TryGetPropertyValue(keyword, out var present))
                target[keyword] = value?.DeepClone();
            else if (Annotations.Contains(keyword) || JsonNode.DeepEquals(present, value))
                continue;
            else if (Both(keyword, present, value) is not { } both)
                rest[keyword] = value?.DeepClone();
            else if (!ReferenceEquals(both, present))
                target[keyword] = both;
        }

        if (rest.Count == 0)
            return;
        if (target["allOf"] is not JsonArray residue)
            target["allOf"] = residue = [];
        residue.Add((JsonNode)rest);
    }

    private static void MergeAllOf(JsonObject schema, string path)
    {
        SchemaTree.ForEachPart(schema, path, MergeAllOf);
        if (schema["allOf"] is not JsonArray branches)
            return;

        schema.Remove("allOf");
        foreach (var branch in branches.OfType<JsonObject>())
            Into(schema, branch);
    }

    /// <summary>The value of a keyword that says both things, or null when there is none. May change and return <paramref name="present"/>.</summary>
    private static JsonNode? Both(string keyword, JsonNode? present, JsonNode? added) => (keyword, present, added) switch
    {
        ("description", _, _) => JsonValue.Create($"{SchemaTree.Text(present)}\n{SchemaTree.Text(added)}"),
        ("type", _, _) => CommonTypes(present, added),
        ("enum", JsonArray left, JsonArray right) => CommonValues(left, right),
        ("required", _, _) => SchemaTree.ArrayOf(SchemaTree.Strings(present).Union(SchemaTree.Strings(added), StringComparer.Ordinal)),
        ("allOf", JsonArray left, JsonArray right) => new JsonArray([.. left.Concat(right).Select(branch => branch?.DeepClone())]),
        ("properties" or "patternProperties" or "dependentSchemas", JsonObject left, JsonObject right) => BothMaps(left, right),
        ("items" or "additionalProperties" or "propertyNames" or "unevaluatedProperties", _, _) => BothSchemas(present, added),
        var (name, left, right) when LowerBounds.Contains(name) => Bound(left, right, wantsGreater: true),
        var (name, left, right) when UpperBounds.Contains(name) => Bound(left, right, wantsGreater: false),
        _ => null,
    };

    private static JsonObject BothMaps(JsonObject left, JsonObject right)
    {
        foreach (var (name, schema) in right)
        {
            if (left[name] is JsonObject present && schema is JsonObject added)
                Into(present, added);
            else if (!left.ContainsKey(name))
                left[name] = schema?.DeepClone();
        }

        return left;
    }

    private static JsonNode? BothSchemas(JsonNode? left, JsonNode? right)
    {
        if (SchemaTree.Boolean(left) == false || SchemaTree.Boolean(right) == true)
            return left;
        if (SchemaTree.Boolean(right) == false || SchemaTree.Boolean(left) == true)
            return right?.DeepClone();
        if (left is not JsonObject target || right is not JsonObject addition)
            return null;

        Into(target, addition);
        return target;
    }

    private static JsonNode? CommonTypes(JsonNode? left, JsonNode? right)
    {
        var allowed = SchemaTree.Strings(left).ToArray();
        var wanted = SchemaTree.Strings(right).ToArray();
        var common = allowed.Where(name => Covers(wanted, name)).Union(wanted.Where(name => Covers(allowed, name)), StringComparer.Ordinal).ToArray();
        return common.Length switch
        {
            0 => null,
            1 => JsonValue.Create(common[0]),
            _ => SchemaTree.ArrayOf(common),
        };
    }

    private static bool Covers(string[] types, string name) =>
        types.Contains(name, StringComparer.Ordinal) || (name == "integer" && types.Contains("number", StringComparer.Ordinal));

    private static JsonArray? CommonValues(JsonArray left, JsonArray right)
    {
        var common = left.Where(value => right.Any(other => JsonNode.DeepEquals(value, other))).Select(value => value?.DeepClone()).ToArray();
        return common.Length == 0 ? null : new JsonArray(common);
    }

    /// <summary>The tighter of two bounds, as its author wrote it.</summary>
    private static JsonNode? Bound(JsonNode? left, JsonNode? right, bool wantsGreater)
    {
        if (Number(left) is not { } a || Number(right) is not { } b)
            return null;
        return (a >= b) == wantsGreater ? left : right?.DeepClone();
    }

    private static double? Number(JsonNode? node) =>
        node?.GetValueKind() == System.Text.Json.JsonValueKind.Number
            ? double.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture)
            : null;
}
