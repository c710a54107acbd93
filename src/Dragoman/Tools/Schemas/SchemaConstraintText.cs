using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>
/// The pass that says keywords in words, for an upstream that would drop them: <c>(format: uri; minimum: 1)</c> at the end of the description.
/// The model reads the description, so nothing that the author demands is lost on it.
/// </summary>
internal static class SchemaConstraintText
{
    /// <summary>How the schema that nothing fits is said.</summary>
    internal const string MustBeAbsent = "must be absent";

    /// <summary>Keywords for programs, not for models.</summary>
    private static readonly FrozenSet<string> Silent = FrozenSet.Create(
        StringComparer.Ordinal, "$schema", "$id", "$comment", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$defs", "definitions");

    /// <summary>The bounds that Zod and others write for every integer: those of a JavaScript number. They say nothing about the argument.</summary>
    private static readonly FrozenSet<string> SafeIntegers = FrozenSet.Create(StringComparer.Ordinal, "9007199254740991", "-9007199254740991");

    /// <summary>
    /// Moves what the upstream does not keep into the descriptions of all schemas below the top level. Array elements are left as they are.
    /// </summary>
    /// <param name="root">The schema, changed in place.</param>
    /// <param name="keptAtTop">The keywords that the upstream keeps of the top level.</param>
    /// <param name="kept">The keywords that it keeps of the schemas below.</param>
    /// <param name="notes">Gets a line for every schema with keywords that became text.</param>
    /// <returns>What the top level's own keywords say, or null. Its description stays where it is.</returns>
    public static string? Move(JsonObject root, FrozenSet<string> keptAtTop, FrozenSet<string> kept, SchemaNotes notes)
    {
        var text = Take(root, "", keptAtTop, notes);
        SchemaTree.ForEachPart(root, "", (part, path) => ToDescription(part, path, kept, notes));
        return text;
    }

    /// <summary>Appends a text to a description, if there are both.</summary>
    public static string? Append(string? description, string? text) =>
        string.IsNullOrEmpty(description) ? text : string.IsNullOrEmpty(text) ? description : $"{description} {text}";

    private static void ToDescription(JsonObject schema, string path, FrozenSet<string> kept, SchemaNotes notes)
    {
        if (Take(schema, path, kept, notes) is { } text)
            schema["description"] = Append(SchemaTree.Text(schema["description"]), text);
        SchemaTree.ForEachPart(schema, path, (part, at) => ToDescription(part, at, kept, notes));
    }

    /// <summary>Removes the keywords that are not kept from one schema and returns them as text; null when they say nothing. The description stays.</summary>
    internal static string? Take(JsonObject schema, string path, FrozenSet<string> kept, SchemaNotes notes)
    {
        var phrases = new List<string>();
        var said = new List<string>();
        foreach (var (keyword, value) in schema.ToArray())
        {
            if (keyword == "description" || kept.Contains(keyword))
                continue;
            schema.Remove(keyword);
            if (Phrase(keyword, value, path) is not { } phrase)
                continue;
            phrases.Add(phrase);
            said.Add(keyword);
        }

        if (phrases.Count == 0)
            return null;
        notes.Add(path, $"{string.Join(", ", said)} kept as text");
        return $"({string.Join("; ", phrases)})";
    }

    /// <summary>
    /// A keyword in words; null when it says nothing that a model needs. Of the top level, a title only repeats the tool's name, and every model
    /// assumes that there are no other arguments.
    /// </summary>
    private static string? Phrase(string keyword, JsonNode? value, string path)
    {
        var json = value is null ? "null" : Encoding.UTF8.GetString(SchemaTree.Write(value));
        return (keyword, json) switch
        {
            _ when Silent.Contains(keyword) || keyword.StartsWith("x-", StringComparison.Ordinal) => null,
            ("title" or "additionalProperties" or "unevaluatedProperties", _) when path.Length == 0 && !json.StartsWith('{') => null,
            ("title", _) when IsNameOf(path, SchemaTree.Text(value)) => null,
            ("title" or "format" or "pattern", _) when SchemaTree.Text(value) is { } text => $"{keyword}: {text}",
            ("minimum" or "maximum", _) when SafeIntegers.Contains(json) => null,
            ("minLength" or "minItems" or "minProperties", "0") => null,
            ("additionalProperties" or "unevaluatedProperties", "false") => "no other properties",
            ("additionalProperties" or "unevaluatedProperties" or "unevaluatedItems" or "contains", "true" or "{}") => null,
            ("additionalProperties", _) => $"other properties: {json}",
            ("propertyNames", "true" or "{}" or """{"type":"string"}""") => null,
            ("not", "{}" or "true") => MustBeAbsent,
            ("uniqueItems", "true") => "no duplicates",
            ("deprecated" or "readOnly" or "writeOnly", "true") => keyword,
            ("uniqueItems" or "deprecated" or "readOnly" or "writeOnly" or "nullable", "false") => null,
            _ => $"{keyword}: {json}",
        };
    }

    /// <summary>Whether a title only repeats the property's name, as Pydantic writes for every property (<c>file_path</c>: <c>File Path</c>).</summary>
    private static bool IsNameOf(string path, string? title)
    {
        var letters = new string([.. (title ?? "").Where(char.IsLetterOrDigit)]);
        var name = new string([.. path[(path.LastIndexOf('.') + 1)..].Where(char.IsLetterOrDigit)]);
        return string.Compare(letters, name, CultureInfo.InvariantCulture, CompareOptions.OrdinalIgnoreCase) == 0;
    }
}
