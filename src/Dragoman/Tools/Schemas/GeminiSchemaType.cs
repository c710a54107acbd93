using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>One schema of one type in Gemini's form: takes what Gemini has a field for; the rest becomes text.</summary>
internal sealed class GeminiSchemaType
{
    private static readonly FrozenSet<string> Nothing = [];

    /// <summary>Fields of whole numbers, and the type that they are about.</summary>
    private static readonly FrozenDictionary<string, string> Counts = new Dictionary<string, string>
    {
        ["minLength"] = "string",
        ["maxLength"] = "string",
        ["minItems"] = "array",
        ["maxItems"] = "array",
        ["minProperties"] = "object",
        ["maxProperties"] = "object",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The formats that both APIs take: the Gemini API says of strings "only 'enum' and 'date-time' are supported", Vertex takes more.
    /// </summary>
    private static readonly FrozenDictionary<string, string[]> Formats = new Dictionary<string, string[]>
    {
        ["string"] = ["date-time"],
        ["number"] = ["float", "double"],
        ["integer"] = ["int32", "int64"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Google's regular expressions (RE2) look neither ahead nor behind nor back.
    private static readonly string[] UnknownInPatterns = ["(?=", "(?!", "(?<=", "(?<!", "(?>", "\\k", "\\1", "\\2", "\\3", "\\4", "\\5", "\\6", "\\7", "\\8", "\\9"];

    // Beyond it a double is no longer one whole number.
    private const double MaxWhole = 9007199254740991;

    private readonly JsonObject _left;
    private readonly string _type;
    private readonly string _path;
    private readonly SchemaNotes _notes;
    private readonly JsonObject _built;

    /// <summary>Begins with the keywords of a schema, which stays as it is.</summary>
    public GeminiSchemaType(JsonObject schema, string type, string path, SchemaNotes notes)
    {
        (_left, _type, _path, _notes) = ((JsonObject)schema.DeepClone(), type, path, notes);
        _built = new JsonObject { ["type"] = type.ToUpperInvariant() };
        _left.Remove("type");
        _left.Remove("nullable");
        // Said by the order of the properties themselves.
        _left.Remove("propertyOrdering");
        TakeEnum();
        TakeBounds();
        foreach (var (keyword, about) in Counts)
        {
            if (about == type) TakeCount(keyword);
        }

        if (SchemaTree.Text(_left["format"]) is { } format && Formats.TryGetValue(type, out var formats) && formats.Contains(format, StringComparer.Ordinal)) Take("format", value => value);
        if (type == "string" && SchemaTree.Text(_left["pattern"]) is { } pattern && !UnknownInPatterns.Any(pattern.Contains)) Take("pattern", value => value);
    }

    /// <summary>Says a keyword with the field of the same name; null for no field. The keyword is then no longer text, unless it is kept.</summary>
    public void Take(string keyword, Func<JsonNode?, JsonNode?> form, bool keep = false)
    {
        var value = _left[keyword]?.DeepClone();
        if (!keep) _left.Remove(keyword);
        if (form(value) is { } built) _built[keyword] = built;
    }

    /// <summary>The schema, with all that was not taken said in its description.</summary>
    public JsonObject Finish()
    {
        var text = SchemaConstraintText.Take(_left, _path, Nothing, _notes);
        if (SchemaConstraintText.Append(SchemaTree.Text(_left["description"]), text) is { Length: > 0 } description)
            _built.Insert(1, "description", description);
        return _built;
    }

    // A list of strings is a field, unless one is empty, which the Gemini API refuses ("enum[0]: cannot be empty"). Of numbers the range is.
    private void TakeEnum()
    {
        if (_left["enum"] is not JsonArray values) return;
        if (_type == "string")
        {
            var texts = values.Select(SchemaTree.Text).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            // A value of another type is not one that fits. None that fits: the words stay.
            if (texts.Count > 0 && !texts.Contains("", StringComparer.Ordinal)) Take("enum", _ => SchemaTree.ArrayOf(texts));
        }
        else if (_type is "integer" or "number")
        {
            var numbers = values.Where(value => SchemaTypes.Has(_type, value) && SchemaTypes.Number(value) is not null).OrderBy(SchemaTypes.Number).ToList();
            if (numbers.Count == 0) return;
            if (SchemaTypes.Number(_left["minimum"]) is not { } minimum || minimum < SchemaTypes.Number(numbers[0])) _left["minimum"] = numbers[0]!.DeepClone();
            if (SchemaTypes.Number(_left["maximum"]) is not { } maximum || maximum > SchemaTypes.Number(numbers[^1])) _left["maximum"] = numbers[^1]!.DeepClone();
        }
        else if (_type == "boolean" && values.Any(value => SchemaTree.Boolean(value) == true) && values.Any(value => SchemaTree.Boolean(value) == false))
        {
            _left.Remove("enum");
        }
    }

    // "More than 0" is "at least 1" of whole numbers. Of others it is "at least 0", and the words stay.
    private void TakeBounds()
    {
        if (_type is not ("integer" or "number")) return;
        TakeBound("minimum", "exclusiveMinimum", value => Math.Floor(value) + 1, (a, b) => a > b);
        TakeBound("maximum", "exclusiveMaximum", value => Math.Ceiling(value) - 1, (a, b) => a < b);
    }

    private void TakeBound(string keyword, string exclusive, Func<double, double> nearest, Func<double, double, bool> isTighter)
    {
        var bound = SchemaTypes.Number(_left[keyword]) is { } given ? (Value: given, Json: _left[keyword]!.DeepClone()) : default;
        if (bound.Json is not null) _left.Remove(keyword);
        if (SchemaTypes.Number(_left[exclusive]) is { } open && Math.Abs(open) < MaxWhole)
        {
            var isWhole = _type == "integer";
            var closed = isWhole ? (Value: nearest(open), Json: JsonNode.Parse(nearest(open).ToString("R", CultureInfo.InvariantCulture))!) : (Value: open, Json: _left[exclusive]!.DeepClone());
            if (isWhole) _left.Remove(exclusive);
            if (bound.Json is null || isTighter(closed.Value, bound.Value)) bound = closed;
        }

        // The bounds of a JavaScript number, which Zod writes for every integer, say nothing.
        if (bound.Json is not null && Math.Abs(bound.Value) != MaxWhole) _built[keyword] = bound.Json;
    }

    private void TakeCount(string keyword)
    {
        if (SchemaTypes.Number(_left[keyword]) is not { } count || count < 0 || count > MaxWhole || Math.Floor(count) != count) return;
        _left.Remove(keyword);
        // A least of none says nothing.
        if (count > 0 || keyword.StartsWith("max", StringComparison.Ordinal)) _built[keyword] = JsonValue.Create((long)count);
    }
}
