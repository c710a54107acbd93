using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>
/// The pass that puts the target of every local <c>$ref</c> where the reference is and removes the definitions: no upstream follows references
/// everywhere, and Ollama drops them silently. Where a schema contains itself, the first repetition is cut and said in words.
/// </summary>
internal sealed class SchemaReferences
{
    /// <summary>Schemas nested in one another beyond which references are cut; real tools stay below ten.</summary>
    internal const int MaxDepth = 32;

    /// <summary>
    /// Schemas that references may add to one tool. A few definitions that use each other twice grow exponentially when they are inlined; a tool of
    /// this size would fill a local model's context anyway.
    /// </summary>
    internal const int MaxInlined = 2000;

    private readonly JsonObject _root;
    private readonly SchemaNotes _notes;
    private int _inlined;

    private SchemaReferences(JsonObject root, SchemaNotes notes)
    {
        _root = root;
        _notes = notes;
    }

    /// <summary>Returns a copy of a well-formed schema without references and definitions.</summary>
    public static JsonObject Inline(JsonObject root, SchemaNotes notes) =>
        new SchemaReferences(root, notes).Inline((JsonObject)root.DeepClone(), "", depth: 0, open: ["#"]);

    /// <param name="schema">A schema that the caller gives away.</param>
    /// <param name="path">Where it stands, for notes.</param>
    /// <param name="depth">How many schemas it is inside of.</param>
    /// <param name="open">The references that led here, so that a repetition is seen.</param>
    private JsonObject Inline(JsonObject schema, string path, int depth, ImmutableList<string> open)
    {
        schema.Remove("$defs");
        schema.Remove("definitions");
        if (open.Count > 1)
            _inlined++;

        SchemaTree.ForEachChild(schema, path, (child, at) => child is JsonObject inner ? Inline(inner, at, depth + 1, open) : child);
        foreach (var keyword in (ReadOnlySpan<string>)["$ref", "$dynamicRef"])
        {
            if (SchemaTree.Text(schema[keyword]) is not { } reference)
                continue;
            schema.Remove(keyword);
            SchemaMerge.Into(schema, Target(reference, path, depth, open));
        }

        return schema;
    }

    private JsonObject Target(string reference, string path, int depth, ImmutableList<string> open)
    {
        if (Resolve(reference) is not JsonObject target)
        {
            _notes.Add(path, $"$ref {reference} points to nothing in this schema");
            return new JsonObject { ["description"] = $"(see {reference})" };
        }

        if (!open.Contains(reference) && depth < MaxDepth && _inlined < MaxInlined)
            return Inline((JsonObject)target.DeepClone(), path, depth + 1, open.Add(reference));

        var repeats = open.Contains(reference);
        _notes.Add(path, repeats ? $"$ref {reference} cut where it repeats" : $"$ref {reference} cut, the schema is too large");
        var cut = new JsonObject();
        if (target["type"] is { } type)
            cut["type"] = type.DeepClone();
        var name = reference == "#" ? "the whole input" : reference[(reference.LastIndexOf('/') + 1)..];
        cut["description"] = repeats ? $"(same shape as {name}, recursively)" : $"(shape of {name} left out)";
        return cut;
    }

    /// <summary>Follows a local JSON pointer (<c>#/$defs/A</c>) or finds an anchor (<c>#a</c>); null when there is none or it is elsewhere.</summary>
    private JsonNode? Resolve(string reference)
    {
        if (reference == "#")
            return _root;
        if (!reference.StartsWith('#'))
            return null;
        if (!reference.StartsWith("#/", StringComparison.Ordinal))
            return Anchor(_root, reference[1..]);

        JsonNode? node = _root;
        foreach (var segment in reference[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(segment).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = node switch
            {
                JsonObject map => map[name],
                JsonArray list when int.TryParse(name, out var index) && index >= 0 && index < list.Count => list[index],
                _ => null,
            };
        }

        return node;
    }

    private static JsonObject? Anchor(JsonObject schema, string name)
    {
        if (SchemaTree.Text(schema["$anchor"]) == name || SchemaTree.Text(schema["$dynamicAnchor"]) == name)
            return schema;

        JsonObject? found = null;
        SchemaTree.ForEachChild(schema, "", (child, _) =>
        {
            if (found is null && child is JsonObject inner)
                found = Anchor(inner, name);
            return child;
        });
        return found;
    }
}
