using System.Buffers;
using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Tools;

/// <summary>A JSON Schema as a tree that passes may change, and where in a schema other schemas sit.</summary>
internal static class SchemaTree
{
    /// <summary>Deepest JSON nesting that is read, System.Text.Json's own default. Written schemas can be deeper after references were inlined.</summary>
    internal const int MaxDepth = 64;

    private static readonly FrozenSet<string> SchemaMaps =
        FrozenSet.Create(StringComparer.Ordinal, "properties", "patternProperties", "dependentSchemas", "$defs", "definitions");

    private static readonly FrozenSet<string> SchemaLists =
        FrozenSet.Create(StringComparer.Ordinal, "anyOf", "oneOf", "allOf", "prefixItems");

    private static readonly FrozenSet<string> SingleSchemas = FrozenSet.Create(
        StringComparer.Ordinal, "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "additionalItems", "contains", "not", "if",
        "then", "else", "propertyNames", "contentSchema");

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a schema; null when the bytes are not a JSON object. Of a repeated key the last value counts.</summary>
    public static JsonObject? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object ? Node(document.RootElement) as JsonObject : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, too deep, or (InvalidOperationException) a string that is not Unicode: the caller turns null into a note.
            return null;
        }
    }

    /// <summary>Writes a node as compact UTF-8 JSON.</summary>
    public static byte[] Write(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Calls <paramref name="visit"/> for every schema directly inside this one, wherever the vocabulary has schemas. The visitor gets the value
    /// (an object, a boolean, or whatever the author put there), its path, and returns what stands there from now on. Constraints that are
    /// plain booleans (<c>"additionalProperties": false</c>) are not visited: they are said in words later, and fine as they are inside <c>items</c>.
    /// </summary>
    public static void ForEachChild(JsonObject schema, string path, Func<JsonNode?, string, JsonNode?> visit)
    {
        foreach (var (keyword, value) in schema.ToArray())
        {
            if (SchemaMaps.Contains(keyword) && value is JsonObject map)
                VisitMap(map, At(path, keyword), visit);
            else if ((SchemaLists.Contains(keyword) || keyword == "items") && value is JsonArray list)
                VisitList(list, At(path, keyword), visit);
            else if (keyword == "items" || (SingleSchemas.Contains(keyword) && value is JsonObject))
                Put(value, visit(value, At(path, keyword)), replacement => schema[keyword] = replacement);
        }
    }

    /// <summary>
    /// Calls <paramref name="visit"/> for every object schema inside this one that describes the same value or one of its properties; not for those
    /// of array elements, nor for those inside constraints such as <c>not</c>.
    /// </summary>
    public static void ForEachPart(JsonObject schema, string path, Action<JsonObject, string> visit)
    {
        foreach (var (keyword, value) in schema.ToArray())
        {
            if (keyword is not ("properties" or "anyOf" or "oneOf" or "allOf"))
                continue;
            if (value is JsonObject map)
                VisitMap(map, At(path, keyword), Visit);
            else if (value is JsonArray list)
                VisitList(list, At(path, keyword), Visit);
        }

        JsonNode? Visit(JsonNode? node, string at)
        {
            if (node is JsonObject part)
                visit(part, at);
            return node;
        }
    }

    /// <summary>The text of a JSON string, or null for anything else.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The boolean that a node is, or null for anything else.</summary>
    public static bool? Boolean(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>The strings of an array, or the one string; other members are left out.</summary>
    public static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonArray list => list.Select(Text).OfType<string>(),
        _ => Text(node) is { } text ? [text] : [],
    };

    /// <summary>An array of strings as JSON.</summary>
    public static JsonArray ArrayOf(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);

    private static string At(string path, string keyword) => path.Length == 0 ? keyword : $"{path}.{keyword}";

    private static void VisitMap(JsonObject map, string path, Func<JsonNode?, string, JsonNode?> visit)
    {
        foreach (var (name, value) in map.ToArray())
            Put(value, visit(value, At(path, name)), replacement => map[name] = replacement);
    }

    private static void VisitList(JsonArray list, string path, Func<JsonNode?, string, JsonNode?> visit)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var index = i;
            Put(list[i], visit(list[i], $"{path}[{i}]"), replacement => list[index] = replacement);
        }
    }

    private static void Put(JsonNode? old, JsonNode? replacement, Action<JsonNode?> put)
    {
        if (!ReferenceEquals(old, replacement))
            put(replacement);
    }

    /// <summary>Copies out of a document. Strings are decoded now, so that a bad one is found here; numbers keep their text.</summary>
    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (var member in element.EnumerateObject())
                    map[member.Name] = Node(member.Value);
                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Node)]);
            case JsonValueKind.String:
                return JsonValue.Create(element.GetString());
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
