using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>
/// Builds Gemini's form of a schema whose references, <c>allOf</c>, <c>oneOf</c> and <c>const</c> are resolved. What it builds accepts at least what the
/// original does; what it can't say becomes text at the end of the description.
/// </summary>
internal sealed class GeminiSchemaBuilder(PropertyNaming naming, SchemaNotes notes)
{
    /// <summary>
    /// How deep arrays may be nested in a value of which nothing is said. Gemini has no schema for "anything": it is a list of all types, in which the elements
    /// of an array are again anything. This much is the one limit to what is still accepted; deeper values of unknown form are not to be expected.
    /// </summary>
    private const int MaxUnknownArrays = 3;

    /// <summary>
    /// Schemas of one tool after which alternatives stay text: alternatives inside of alternatives multiply, because nothing may stand beside an
    /// <c>anyOf</c> and everything is repeated in each. The tools of real agents have a few dozen.
    /// </summary>
    private const int MaxSchemas = 2000;

    private int _built;

    /// <summary>Builds the form of a tool's or an answer's whole schema.</summary>
    public JsonObject Build(JsonObject root) => Build(root, new Place("", naming.Root, 0));

    private JsonObject Build(JsonObject schema, Place place)
    {
        _built++;
        var (variants, description) = Variants(schema, place);
        var nullable = variants.RemoveAll(IsNull) > 0;
        if (variants.Count == 0) return Described(new JsonObject { ["type"] = "NULL" }, description);
        var first = variants[0];
        Described(first, description);
        if (nullable && !variants.Exists(TakesNull)) first.Insert(1, "nullable", true);
        return variants.Count == 1 ? first : new JsonObject { ["anyOf"] = new JsonArray([.. variants]) };
    }

    /// <summary>The forms that a value may have, each with one type, and what is to be said before the first of them.</summary>
    private (List<JsonObject> Variants, string? Description) Variants(JsonObject schema, Place place)
    {
        if (schema["anyOf"] is not JsonArray branches || !IsWorthwhile(branches))
        {
            return (OfTypes(schema, place), null);
        }

        // What is about the value whatever its type is said once; the rest belongs to each of the branches.
        var shared = With(schema, IsAboutTypes);
        var said = SchemaConstraintText.Take(With(schema, keyword => keyword is not ("anyOf" or "description") && !IsAboutTypes(keyword)), place.Path, [], notes);
        var variants = new List<JsonObject>();
        foreach (var (index, branch) in branches.OfType<JsonObject>().Index())
        {
            var merged = (JsonObject)shared.DeepClone();
            SchemaMerge.Into(merged, branch);
            var built = Build(merged, place with { Path = $"{place.At("anyOf")}[{index}]" });
            foreach (var variant in built["anyOf"] is JsonArray inner ? inner.Select(one => (JsonObject)one!.DeepClone()) : [built])
            {
                if (!variants.Exists(other => JsonNode.DeepEquals(other, variant))) variants.Add(variant);
            }
        }

        return (variants, SchemaConstraintText.Append(SchemaTree.Text(schema["description"]), said));
    }

    /// <summary>Alternatives that only ask for one property or another say the same in words, at a fraction of the size.</summary>
    private bool IsWorthwhile(JsonArray branches) =>
        _built < MaxSchemas && !branches.All(branch => branch is JsonObject { Count: > 0 } map && map.All(keyword => keyword.Key is "required" or "title" or "not"));

    private List<JsonObject> OfTypes(JsonObject schema, Place place)
    {
        var types = SchemaTypes.Of(schema);
        if (place.UnknownArrays >= MaxUnknownArrays && !schema.ContainsKey("type") && !schema.ContainsKey("enum")) types.Remove("array");
        if (types.Count == 1) return [types[0] == "null" ? Null(schema, place) : OfType(schema, types[0], place)];

        var variants = new List<JsonObject>();
        var rest = schema;
        // The type that the author describes stands first.
        foreach (var type in types.OrderBy(type => schema.Any(keyword => SchemaTypes.IsAbout(keyword.Key, type)) ? 0 : 1))
        {
            if (type == "null")
            {
                variants.Add(new JsonObject { ["type"] = "NULL" });
                continue;
            }

            variants.Add(OfType(About(rest, type), type, place));
            // What is said of the value whatever its type is said once.
            rest = With(rest, IsAboutTypes);
        }

        return variants;
    }

    private JsonObject Null(JsonObject schema, Place place)
    {
        var about = About(schema, "null");
        about.Remove("enum");
        return new GeminiSchemaType(about, "null", place.Path, notes).Finish();
    }

    private JsonObject OfType(JsonObject schema, string type, Place place)
    {
        var form = new GeminiSchemaType(schema, type, place.Path, notes);
        if (type == "array") form.Take("items", items => Build(items as JsonObject ?? [], place.Element(isKnown: items is JsonObject)));
        else if (type == "object") Properties(form, schema, place);
        return form.Finish();
    }

    private void Properties(GeminiSchemaType form, JsonObject schema, Place place)
    {
        var declared = schema["properties"] as JsonObject ?? [];
        var required = SchemaTree.Strings(schema["required"]).Distinct(StringComparer.Ordinal).ToList();
        // A name that is required must be declared. If nothing else may be there it can't be, and the words have to do.
        var isClosed = SchemaTree.Boolean(schema["additionalProperties"]) == false;
        var built = new JsonObject();
        foreach (var name in declared.Select(property => property.Key).Union(isClosed ? [] : required, StringComparer.Ordinal))
        {
            var upstreamName = naming.Of(name);
            var inside = place with { Path = $"{place.At("properties")}.{name}", Names = place.Names.Property(name, upstreamName), UnknownArrays = 0 };
            built[upstreamName] = Build(declared[name] as JsonObject ?? [], inside);
        }

        var kept = required.Where(name => built.ContainsKey(naming.Of(name))).ToList();
        form.Take("properties", _ => built.Count == 0 ? null : built);
        form.Take("required", _ => kept.Count == 0 ? null : SchemaTree.ArrayOf(kept.Select(naming.Of)), keep: kept.Count < required.Count);
    }

    /// <summary>A copy with what concerns values of one type only.</summary>
    private static JsonObject About(JsonObject schema, string type)
    {
        var about = new JsonObject();
        foreach (var (keyword, value) in schema)
        {
            if (keyword == "enum" && value is JsonArray list && list.Any(one => SchemaTypes.Has(type, one))) about[keyword] = new JsonArray([.. list.Where(one => SchemaTypes.Has(type, one)).Select(one => one?.DeepClone())]);
            else if (SchemaTypes.Concerns(keyword, type)) about[keyword] = value?.DeepClone();
        }

        return about;
    }

    private static bool IsAboutTypes(string keyword) => SchemaTypes.IsAboutOne(keyword) || keyword is "type" or "nullable" or "enum" or "format";

    private static JsonObject With(JsonObject schema, Func<string, bool> isWanted) =>
        new(schema.Where(keyword => isWanted(keyword.Key)).Select(keyword => KeyValuePair.Create(keyword.Key, keyword.Value?.DeepClone())));

    private static bool TakesNull(JsonObject variant) => variant.ContainsKey("nullable") || SchemaTree.Text(variant["type"]) == "NULL";

    private static bool IsNull(JsonObject variant) => SchemaTree.Text(variant["type"]) == "NULL" && !variant.ContainsKey("description");

    private static JsonObject Described(JsonObject schema, string? description)
    {
        if (string.IsNullOrEmpty(description)) return schema;
        var own = SchemaTree.Text(schema["description"]);
        schema.Remove("description");
        schema.Insert(Math.Min(schema.Count, schema.ContainsKey("nullable") ? 2 : 1), "description", own is null ? description : $"{description}\n{own}");
        return schema;
    }

    /// <summary>Where in a schema something is built.</summary>
    /// <param name="Path">The path, for notes.</param>
    /// <param name="Names">The names of properties there.</param>
    /// <param name="UnknownArrays">In how many arrays of undescribed elements.</param>
    private readonly record struct Place(string Path, PropertyNames Names, int UnknownArrays)
    {
        public string At(string keyword) => Path.Length == 0 ? keyword : $"{Path}.{keyword}";

        public Place Element(bool isKnown) => new(At("items"), Names.Elements, isKnown ? 0 : UnknownArrays + 1);
    }
}
