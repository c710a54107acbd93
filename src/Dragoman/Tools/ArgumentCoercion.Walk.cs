using System.Text.Json;

namespace Dragoman.Tools;

/// <summary>Walks arguments and schema side by side, for one call of <see cref="ArgumentCoercion.Coerce"/>.</summary>
internal sealed class ArgumentCoercionWalk(ArgumentSchemas schemas)
{
    private readonly List<string> _changes = [];

    public IReadOnlyList<string> Changes => _changes;

    /// <summary>Returns what the value becomes under the schema, or null when it stays as it is.</summary>
    public JsonElement? Coerce(JsonElement value, JsonElement schema, string path, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schemas.Enter(depth))
            return null;

        JsonElement? result = Own(value, schema, path, depth);
        foreach (var keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
            result = Branch(result ?? value, ArgumentSchemas.Branches(schema, keyword), path, depth) ?? result;
        foreach (var part in schemas.Conjuncts(schema))
            result = Coerce(result ?? value, part, path, depth + 1) ?? result;
        return result;
    }

    /// <summary>By the schema's own keywords: first the value's type, then what is in it.</summary>
    private JsonElement? Own(JsonElement value, JsonElement schema, string path, int depth)
    {
        JsonElement? result = null;
        var types = ArgumentSchemas.TypesOf(schema);
        if (ArgumentConversions.IsIntegerWithPoint(value, types))
        {
            result = Converted(value, types, schema, path);
        }
        else if ((types & ArgumentSchemas.TypeOf(value)) == JsonTypes.None)
        {
            result = Converted(value, types, schema, path) ?? Wrapped(value, types, schema, path, depth);
            if (result is null)
                return null;
        }

        return (result ?? value).ValueKind switch
        {
            JsonValueKind.Object => Members(result ?? value, schema, path, depth) ?? result,
            JsonValueKind.Array => Elements(result ?? value, schema, path, depth) ?? result,
            _ => result,
        };
    }

    private JsonElement? Converted(JsonElement value, JsonTypes types, JsonElement schema, string path)
    {
        if (ArgumentConversions.Convert(value, types) is not { } converted || !ArgumentSchemas.IsListed(schema, converted))
            return null;

        _changes.Add($"{Name(path)}: {Kind(value)} to {Kind(converted)}");
        return converted;
    }

    /// <summary>A single value where a list of such values is wanted. Without a word about the elements it is a guess.</summary>
    private JsonElement? Wrapped(JsonElement value, JsonTypes types, JsonElement schema, string path, int depth)
    {
        if ((types & JsonTypes.Array) == JsonTypes.None || value.ValueKind is JsonValueKind.Null or JsonValueKind.Array || ArgumentConversions.LooksLikeArray(value)
            || !schema.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var mark = _changes.Count;
        var element = Coerce(value, items, $"{path}[0]", depth + 1) ?? value;
        var array = JsonBytes.Array([element]);
        if (ArgumentSchemas.TypesOf(items) != JsonTypes.All && schemas.Accepts(items, element) && ArgumentSchemas.IsListed(schema, array))
        {
            _changes.Add($"{Name(path)}: wrapped in an array");
            return array;
        }

        _changes.RemoveRange(mark, _changes.Count - mark);
        return null;
    }

    private JsonElement? Members(JsonElement value, JsonElement schema, string path, int depth)
    {
        var declared = schema.TryGetProperty("properties", out var map) && map.ValueKind == JsonValueKind.Object ? map : (JsonElement?)null;
        var others = schema.TryGetProperty("additionalProperties", out var rest) && !schema.TryGetProperty("patternProperties", out _) ? rest : default;
        var required = ArgumentSchemas.Branches(schema, "required");
        var members = new List<(JsonProperty Member, JsonElement Value)>();
        var changed = false;
        foreach (var member in value.EnumerateObject())
        {
            var at = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            JsonElement own = default;
            var isDeclared = declared?.TryGetProperty(member.Name, out own) ?? false;
            if (isDeclared && IsSurplusNull(member, own, required))
            {
                _changes.Add($"{at}: null removed");
                changed = true;
                continue;
            }

            var coerced = Coerce(member.Value, isDeclared ? own : others, at, depth + 1);
            changed |= coerced is not null;
            members.Add((member, coerced ?? member.Value));
        }

        return changed ? JsonBytes.Object(members) : null;
    }

    /// <summary>Whether a null means "not given": the property is optional, and null is not a value of it.</summary>
    private bool IsSurplusNull(JsonProperty member, JsonElement schema, List<JsonElement> required) =>
        member.Value.ValueKind == JsonValueKind.Null
        && schema.ValueKind == JsonValueKind.Object
        && !required.Exists(name => name.ValueKind == JsonValueKind.String && name.ValueEquals(member.Name))
        && !schemas.Accepts(schema, member.Value);

    private JsonElement? Elements(JsonElement value, JsonElement schema, string path, int depth)
    {
        if (!schema.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Object)
            return null;

        // The first elements of a tuple have schemas of their own.
        var first = ArgumentSchemas.Branches(schema, "prefixItems").Count;
        var elements = new List<JsonElement>();
        var changed = false;
        foreach (var element in value.EnumerateArray())
        {
            var coerced = elements.Count < first ? null : Coerce(element, items, $"{path}[{elements.Count}]", depth + 1);
            changed |= coerced is not null;
            elements.Add(coerced ?? element);
        }

        return changed ? JsonBytes.Array(elements) : null;
    }

    /// <summary>
    /// Alternatives: if one of them takes the value's type, what is in the value is fitted to it; if several do, the value is left alone; if none
    /// does, the value becomes what the alternatives can make of it, provided that they agree.
    /// </summary>
    private JsonElement? Branch(JsonElement value, List<JsonElement> branches, string path, int depth)
    {
        var accepting = branches.FindAll(branch => schemas.Accepts(branch, value));
        if (accepting.Count > 0)
            return accepting.Count == 1 ? Coerce(value, accepting[0], path, depth + 1) : null;

        JsonElement? result = null;
        var agreed = true;
        var mark = _changes.Count;
        string[] changes = [];
        foreach (var branch in branches)
        {
            var candidate = Coerce(value, branch, path, depth + 1);
            if (candidate is { } made && schemas.Accepts(branch, made))
            {
                agreed &= result is not { } other || JsonElement.DeepEquals(made, other);
                result = made;
                changes = [.. _changes.Skip(mark)];
            }

            _changes.RemoveRange(mark, _changes.Count - mark);
        }

        if (result is null || !agreed)
            return null;
        _changes.AddRange(changes);
        return result;
    }

    private static string Name(string path) => path.Length == 0 ? "arguments" : path;

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number when ArgumentSchemas.IsPlainInteger(value) => "integer",
        JsonValueKind.Number => "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => "null",
    };
}
