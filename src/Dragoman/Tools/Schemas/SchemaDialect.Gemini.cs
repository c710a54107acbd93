using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>
/// What Gemini takes as <c>Schema</c> (an OpenAPI subset; its protocol buffer refuses every other field with a 400): the strictest of what Vertex AI and the
/// Gemini API ask for. Every schema has one <c>type</c>, or an <c>anyOf</c> and nothing beside it (Vertex: "When using any_of, it must be the only field set");
/// arrays have <c>items</c>; an <c>enum</c> has strings only, none of them empty; <c>required</c> names declared properties; names of properties are letters,
/// digits and underscores. <c>default</c> and <c>title</c> are taken but ignored, so they become text as well.
/// </summary>
internal sealed class GeminiSchemaDialect : SchemaDialect
{
    /// <summary>Rewrites a tool's input schema. An object without properties comes out bare: such a tool has no <c>parameters</c> at all.</summary>
    /// <inheritdoc/>
    public override RewrittenSchema Rewrite(ReadOnlyMemory<byte> schema)
    {
        var notes = new SchemaNotes();
        if (Read(schema, notes) is not { } root)
        {
            notes.Add("", "not a JSON object that can be read; the tool's parameters are undescribed");
            return new("{\"type\":\"OBJECT\"}"u8.ToArray(), notes.Lines);
        }

        SchemaMerge.MergeAllOf(root);
        SchemaVariants.ConstToEnum(root);
        var alternatives = SchemaTopLevel.Flatten(root, notes);
        if (SchemaConstraintText.Append(SchemaTree.Text(root["description"]), alternatives) is { } description)
            root["description"] = description;
        SchemaTopLevel.MakeObject(root, notes);
        Unify(root, "", notes);
        var names = new PropertyNaming(root);
        var parameters = new GeminiSchemaBuilder(names, notes).Build(root);
        return new(SchemaTree.Write(parameters), notes.Lines)
        {
            Names = names.Renamed,
            // Without properties there is no place for the description but the tool's own.
            Description = parameters.ContainsKey("properties") ? null : SchemaTree.Text(parameters["description"]),
        };
    }

    /// <summary>Rewrites the schema of an answer, which may be of any type.</summary>
    /// <param name="schema">The schema as UTF-8 JSON.</param>
    public static RewrittenSchema RewriteAnswer(ReadOnlyMemory<byte> schema)
    {
        var notes = new SchemaNotes();
        if (Read(schema, notes) is not { } root)
        {
            notes.Add("", "not a JSON object that can be read; the answer is any object");
            return new("{\"type\":\"OBJECT\"}"u8.ToArray(), notes.Lines);
        }

        Unify(root, "", notes);
        var names = new PropertyNaming(root);
        return new(SchemaTree.Write(new GeminiSchemaBuilder(names, notes).Build(root)), notes.Lines) { Names = names.Renamed };
    }

    private static JsonObject? Read(ReadOnlyMemory<byte> schema, SchemaNotes notes)
    {
        if (SchemaTree.Parse(schema) is not { } root)
            return null;
        SchemaShape.Repair(root, notes);
        return SchemaReferences.Inline(root, notes);
    }

    /// <summary>Says what has several spellings in one: in the schema, its parts, and the elements of arrays, which the passes leave alone.</summary>
    private static void Unify(JsonObject schema, string path, SchemaNotes notes)
    {
        SchemaMerge.MergeAllOf(schema);
        SchemaVariants.ConstToEnum(schema);
        SchemaVariants.PrefixItemsToItems(schema);
        SchemaVariants.OneOfToAnyOf(schema, path, notes);
        Elements(schema, path);

        void Elements(JsonObject part, string at)
        {
            if (part["items"] is JsonObject items)
                Unify(items, at.Length == 0 ? "items" : $"{at}.items", notes);
            SchemaTree.ForEachPart(part, at, Elements);
        }
    }
}
