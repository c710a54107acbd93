using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>
/// What OpenAI takes for a function that is not strict, and most servers after it: any schema, as long as its top is an object with properties ("schema must have
/// type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level"). So almost everything goes through as it came, and the order of its keys.
/// </summary>
internal sealed class OpenAiSchemaDialect : SchemaDialect
{
    private static readonly FrozenSet<string> NotAtTop = FrozenSet.Create(
        StringComparer.Ordinal, "$ref", "$dynamicRef", "anyOf", "oneOf", "allOf", "not", "enum", "const", "if", "then", "else");

    /// <inheritdoc/>
    public override RewrittenSchema Rewrite(ReadOnlyMemory<byte> schema)
    {
        var notes = new SchemaNotes();
        if (SchemaTree.Parse(schema) is not { } root)
        {
            notes.Add("", "not a JSON object that can be read; the tool's parameters are undescribed");
            return new("{\"type\":\"object\",\"properties\":{}}"u8.ToArray(), notes.Lines);
        }

        // Some servers look the address up, or refuse what they don't know by it.
        root.Remove("$schema");
        var written = root.DeepClone();
        SchemaShape.Repair(root, notes);
        // What was repaired may accept more than before, and a "oneOf" or "not" around it would then refuse what was accepted.
        if (!JsonNode.DeepEquals(written, root)) SchemaVariants.RelaxElements(root, inElements: true);
        if (root.Any(member => NotAtTop.Contains(member.Key)))
        {
            // So may a reference that was cut.
            root = SchemaReferences.Inline(root, notes);
            SchemaMerge.MergeAllOf(root);
            SchemaVariants.RelaxElements(root, inElements: !JsonNode.DeepEquals(written, root));
            var alternatives = SchemaTopLevel.Flatten(root, notes);
            var constraints = SchemaConstraintText.Take(root, "", root.Select(member => member.Key).Where(key => !NotAtTop.Contains(key)).ToFrozenSet(StringComparer.Ordinal), notes);
            if (SchemaTopLevel.Description(root, alternatives, constraints) is { } description) root["description"] = description;
        }

        SchemaTopLevel.MakeObject(root, root.Select(member => member.Key).ToFrozenSet(StringComparer.Ordinal), notes);
        return new(SchemaTree.Write(root), notes.Lines);
    }
}
