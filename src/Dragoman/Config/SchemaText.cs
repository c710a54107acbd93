using System.Globalization;
using System.Text.Json;

namespace Dragoman;

/// <summary>What a schema means, for the checker and in words for people.</summary>
internal static class SchemaText
{
    // Enough to recognise one's own text.
    private const int MaxShown = 40;

    /// <summary>The schema that is meant, where it is a reference to another.</summary>
    public static JsonElement Resolved(JsonElement root, JsonElement schema)
    {
        while (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference))
        {
            var target = root;
            foreach (var step in reference.GetString()!.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries)) target = target.GetProperty(step);
            schema = target;
        }

        return schema;
    }

    /// <summary>The forms of which a value must have one; null when there is only one form.</summary>
    public static List<JsonElement>? Branches(JsonElement schema)
    {
        if (schema.TryGetProperty("anyOf", out var branches) || schema.TryGetProperty("oneOf", out branches)) return [.. branches.EnumerateArray()];
        return null;
    }

    /// <summary>The value of <c>type</c> that a provider's section must have; null when it needs none.</summary>
    public static string? Discriminator(JsonElement schema) =>
        schema.TryGetProperty("properties", out var settings) && settings.TryGetProperty("type", out var type) && type.TryGetProperty("const", out var name) ? name.GetString() : null;

    /// <summary>Names of settings for people: without those for editors.</summary>
    public static IReadOnlyCollection<string> Settings(JsonElement properties) =>
        properties.ValueKind == JsonValueKind.Object ? [.. properties.EnumerateObject().Select(setting => setting.Name).Where(name => !name.StartsWith('$'))] : [];

    /// <summary>True when the value's JSON type is one that the schema takes.</summary>
    public static bool Takes(JsonElement schema, JsonElement value) => Types(schema) is not { Count: > 0 } types || types.Exists(type => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => value.ValueKind == JsonValueKind.Null,
    });

    /// <summary>The texts that are allowed, where only some are.</summary>
    public static List<string> Choices(JsonElement schema)
    {
        if (schema.TryGetProperty("const", out var only)) return only.ValueKind == JsonValueKind.String ? [only.GetString()!] : [];
        return schema.TryGetProperty("enum", out var listed) ? [.. listed.EnumerateArray().Where(choice => choice.ValueKind == JsonValueKind.String).Select(choice => choice.GetString()!)] : [];
    }

    /// <summary>What is allowed, in words.</summary>
    public static string Describe(JsonElement root, JsonElement schema)
    {
        schema = Resolved(root, schema);
        if (Branches(schema) is { } branches)
        {
            // A name of the whole says more than all of its forms.
            return schema.TryGetProperty("title", out var title) ? title.GetString()! : Alternatives([.. branches.Select(branch => Describe(root, branch)).Distinct(StringComparer.Ordinal)]);
        }

        if (Choices(schema) is { Count: > 0 } choices) return Alternatives([.. choices.Select(choice => $"\"{choice}\"")]);
        return Alternatives([.. Types(schema).Where(type => type != "null").Select(type => type switch
        {
            "string" => schema.TryGetProperty("minLength", out _) ? "text that is not empty" : "text",
            "boolean" => "true or false",
            "integer" => $"a whole number{Range(schema)}",
            "number" => $"a number{Range(schema)}",
            "array" => schema.TryGetProperty("items", out var items) ? $"a list of {Describe(root, items)}" : "a list",
            _ => "an object",
        })]);
    }

    /// <summary>A value as a person recognises it.</summary>
    public static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"\"{(value.GetString()! is { Length: > MaxShown } text ? text[..MaxShown] + "…" : value.GetString())}\"",
        JsonValueKind.Array or JsonValueKind.Object => Kind(value),
        _ => value.GetRawText(),
    };

    /// <summary>What kind of value it is, for one that must not be shown.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "an empty list" : "a list",
        JsonValueKind.Object => "an object",
        _ => value.GetRawText(),
    };

    private static List<string> Types(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type)) return [];
        return type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(name => name.GetString()!)] : [type.GetString()!];
    }

    private static string Range(JsonElement schema)
    {
        double? most = schema.TryGetProperty("maximum", out var maximum) ? maximum.GetDouble() : null;
        if (schema.TryGetProperty("exclusiveMinimum", out var bound)) return Invariant($" above {bound.GetDouble()}") + (most is null ? "" : Invariant($", at most {most}"));
        if (schema.TryGetProperty("minimum", out var least)) return most is null ? Invariant($", {least.GetDouble()} or more") : Invariant($" from {least.GetDouble()} to {most}");
        return most is null ? "" : Invariant($", at most {most}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Alternatives(IReadOnlyList<string> all) => all switch
    {
        [] => "something else",
        [var one] => one,
        _ => $"{string.Join(", ", all.Take(all.Count - 1))} or {all[^1]}",
    };
}
