using System.Collections.Frozen;

namespace Dragoman.Tools;

/// <summary>
/// Ollama's native <c>/api/chat</c> (api/types.go): of the parameters object it keeps <c>type</c> (one string), <c>properties</c> and
/// <c>required</c>; of a property <c>anyOf</c>, <c>type</c> (string or strings), <c>items</c> (verbatim), <c>description</c>, <c>enum</c>,
/// <c>properties</c> and <c>required</c>. It drops the rest silently and answers 400 to a boolean where it wants an object.
/// </summary>
internal sealed class OllamaSchemaDialect : SchemaDialect
{
    private static readonly FrozenSet<string> TopLevelKeywords =
        FrozenSet.Create(StringComparer.Ordinal, "type", "properties", "required");

    private static readonly FrozenSet<string> PropertyKeywords =
        FrozenSet.Create(StringComparer.Ordinal, "anyOf", "type", "items", "description", "enum", "properties", "required");

    /// <inheritdoc/>
    public override RewrittenSchema Rewrite(ReadOnlyMemory<byte> schema)
    {
        var notes = new SchemaNotes();
        if (SchemaTree.Parse(schema) is not { } root)
        {
            notes.Add("", "not a JSON object that can be read; the tool's parameters are undescribed");
            return new("{\"type\":\"object\",\"properties\":{}}"u8.ToArray(), notes.Lines);
        }

        SchemaShape.Repair(root, notes);
        root = SchemaReferences.Inline(root, notes);
        SchemaMerge.MergeAllOf(root);
        SchemaVariants.ConstToEnum(root);
        SchemaVariants.PrefixItemsToItems(root);
        SchemaVariants.RelaxElements(root);
        var alternatives = SchemaTopLevel.Flatten(root, notes);
        SchemaVariants.OneOfToAnyOf(root, notes);
        var constraints = SchemaConstraintText.Move(root, TopLevelKeywords, PropertyKeywords, notes);
        var description = SchemaTopLevel.Description(root, alternatives, constraints);
        SchemaTopLevel.MakeObject(root, TopLevelKeywords, notes);

        return new(SchemaTree.Write(root), notes.Lines) { Description = description };
    }
}
