using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Tools.Schemas;

/// <summary>Random schemas of tools, and values that have a fair chance to fit them.</summary>
internal static class SchemaGenerator
{
    private static readonly string[] Names = ["a", "b", "c", "type", "$ref"];

    private static readonly string[] Texts = ["", "a", "aa", "b", "x y", "“é”"];

    private static readonly string[] OddKeywords =
    [
        "type", "properties", "required", "items", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "$defs", "description", "title", "not", "if",
        "additionalProperties", "patternProperties", "dependentRequired", "minimum", "default", "prefixItems", "contains",
    ];

    /// <summary>Any JSON value, not deep.</summary>
    public static Gen<JsonNode?> Values { get; } = Gen.Choose(0, 3).SelectMany(Value);

    /// <summary>
    /// A tool's input schema with definitions that may contain themselves. Branches of a top-level alternative have the same properties, since
    /// the rewrite deliberately does not widen a property for a branch that leaves it open.
    /// </summary>
    public static Gen<JsonObject> Schemas { get; } =
        from size in Gen.Choose(1, 4)
        from root in ObjectSchema(size)
        from node in ObjectSchema(2)
        from leaf in Schema(1)
        from hasBranches in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from keyword in Gen.Elements("anyOf", "oneOf")
        from branches in SomeOf(Schema(1).Zip(Schema(1), Branch), 1, 3)
        select WithDefinitions(hasBranches ? With(root, keyword, ListOf(branches)) : root, node, leaf);

    /// <summary>A schema and a value for it: mostly made from the schema, sometimes anything.</summary>
    public static Gen<(JsonElement Schema, JsonElement Value)> SchemasWithValues { get; } =
        from schema in Schemas
        from value in ValueFor(schema, schema, 4)
        select (Element(schema), Element(value));

    /// <summary>Keywords with values of any kind, inside of one another and in places where a schema stands.</summary>
    public static Gen<string> Oddities { get; } =
        from outer in Gen.Elements(OddKeywords)
        from inner in Gen.Elements(OddKeywords)
        from value in Values
        from nesting in Gen.Elements("{0}", "{{\"properties\":{{\"p\":{0}}}}}", "{{\"properties\":{{\"p\":{{\"items\":{0}}}}}}}", "{{\"anyOf\":[{0},true]}}")
        let json = value?.ToJsonString() ?? "null"
        select string.Format(null, nesting, $"{{\"{outer}\":{{\"{inner}\":{json}}},\"{inner}\":{json}}}");

    public static JsonElement Element(JsonNode? node) => JsonElement.Parse(node?.ToJsonString() ?? "null");

    private static JsonNode Branch(JsonNode a, JsonNode b) => new JsonObject
    {
        ["properties"] = new JsonObject { ["a"] = a, ["k"] = b },
        ["required"] = new JsonArray("a"),
    };

    private static JsonObject WithDefinitions(JsonObject root, JsonObject node, JsonNode leaf)
    {
        root["type"] ??= "object";
        root["$defs"] = new JsonObject { ["Node"] = node, ["Leaf"] = leaf is JsonValue ? new JsonObject() : leaf };
        return root;
    }

    private static Gen<JsonNode?> Value(int size)
    {
        var scalars = Gen.OneOf(
            Gen.Constant<JsonNode?>(null),
            Gen.Elements(true, false).Select(value => (JsonNode?)value),
            Gen.Choose(-3, 12).Select(value => (JsonNode?)value),
            Gen.Elements(0.5, 1e30, -2.25).Select(value => (JsonNode?)value),
            Gen.Elements(Texts).Select(value => (JsonNode?)value));
        return size <= 0
            ? scalars
            : Gen.Frequency(
                (3, scalars),
                (1, SomeOf(Gen.Constant(0).SelectMany(_ => Value(size - 1)), 0, 3).Select(values => (JsonNode?)ListOf(values))),
                (1, Members(Gen.Constant(0).SelectMany(_ => Value(size - 1))).Select(members => (JsonNode?)members)));
    }

    private static Gen<JsonNode> Schema(int size)
    {
        var simple = Gen.OneOf(
            Keywords("string", ("minLength", Number(0, 2)), ("maxLength", Number(1, 4)), ("pattern", Text("^a", "b$")), ("format", Text("uri"))),
            Keywords("integer", ("minimum", Number(-2, 2)), ("exclusiveMinimum", Number(-2, 2)), ("maximum", Number(3, 9)), ("default", Number(0, 3))),
            Keywords("number", ("minimum", Number(-2, 2)), ("maximum", Number(3, 9))),
            Keywords("boolean"),
            Keywords("null"),
            Gen.Elements(true, false).Select(value => (JsonNode)value),
            Gen.Elements("#/$defs/Leaf", "#/$defs/Node", "#").Zip(Gen.Elements(true, false), Reference),
            SomeOf(Value(0), 1, 3).Select(values => (JsonNode)new JsonObject { ["enum"] = ListOf(values) }),
            Value(1).Select(value => (JsonNode)new JsonObject { ["const"] = value, ["title"] = "Only" }),
            Gen.Constant<JsonNode>(0).Select(_ => (JsonNode)new JsonObject()));
        if (size <= 0)
            return simple;

        var inner = Gen.Constant(0).SelectMany(_ => Schema(size - 1));
        return Gen.Frequency(
            (4, simple),
            (2, ObjectSchema(size - 1).Select(schema => (JsonNode)schema)),
            (2, inner.Zip(Number(1, 3), (items, max) => (JsonNode)new JsonObject { ["type"] = "array", ["items"] = items, ["maxItems"] = max })),
            (1, SomeOf(inner, 1, 2).Zip(inner, (first, rest) => (JsonNode)new JsonObject { ["prefixItems"] = ListOf(first), ["items"] = rest })),
            (3, Gen.Elements("anyOf", "oneOf", "allOf").Zip(SomeOf(inner, 1, 3), (keyword, branches) => (JsonNode)new JsonObject { [keyword] = ListOf(branches) })),
            (1, inner.Zip(inner, (not, other) => With(other, "not", not))),
            (1, inner.Zip(inner, (condition, then) => (JsonNode)new JsonObject { ["if"] = condition, ["then"] = then })),
            (1, inner.Zip(SomeOf(inner, 1, 2), (other, branches) => With(other, "anyOf", ListOf(branches)))),
            (1, inner.Zip(SomeOf(inner, 1, 2), (other, parts) => With(other, "allOf", ListOf(parts)))));
    }

    private static Gen<JsonObject> ObjectSchema(int size)
    {
        var inner = Gen.Constant(0).SelectMany(_ => Schema(size - 1));
        return
            from properties in Members(inner)
            from required in Gen.SubListOf(Names)
            from extra in Gen.Choose(0, 9)
            from other in inner
            select Object(properties, required, extra, other);
    }

    private static JsonObject Object(JsonObject properties, IEnumerable<string> required, int extra, JsonNode other)
    {
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (extra is 1 or 2)
            schema["required"] = new JsonArray([.. required.Where(properties.ContainsKey).Select(name => (JsonNode)name)]);
        if (extra is 2 or 3)
            schema["additionalProperties"] = false;
        if (extra == 4)
            schema["additionalProperties"] = other;
        if (extra == 5)
            schema["propertyNames"] = new JsonObject { ["type"] = "string", ["maxLength"] = 4 };
        if (extra == 6)
            schema["description"] = "Words.";
        if (extra == 7)
            schema["type"] = new JsonArray("object", "null");
        return schema;
    }

    private static Gen<JsonNode?> ValueFor(JsonObject root, JsonNode? schema, int depth)
    {
        var any = Value(1);
        if (schema is not JsonObject map || depth == 0)
            return any;
        if (map["$ref"] is { } reference)
        {
            var text = reference.GetValue<string>();
            return ValueFor(root, text == "#" ? root : root["$defs"]![text["#/$defs/".Length..]], depth - 1);
        }

        if (map["enum"] is JsonArray values)
            return Gen.Elements(values.ToArray()).Select(value => value?.DeepClone());
        if (map.ContainsKey("const"))
            return Gen.Constant(map["const"]?.DeepClone()).Select(value => value?.DeepClone());
        if ((map["anyOf"] ?? map["oneOf"] ?? map["allOf"]) is JsonArray branches && !map.ContainsKey("properties"))
            return Gen.Elements(branches.ToArray()).SelectMany(branch => ValueFor(root, branch, depth - 1));
        if (map["properties"] is JsonObject properties)
            return ObjectFor(root, properties, map["required"] is null, depth);
        if (map["items"] is { } items)
            return SomeOf(Gen.Constant(0).SelectMany(_ => ValueFor(root, items, depth - 1)), 0, 3).Select(list => (JsonNode?)ListOf(list));
        return map["type"] is JsonValue type ? Scalar(type.GetValue<string>()) : any;
    }

    private static Gen<JsonNode?> ObjectFor(JsonObject root, JsonObject properties, bool optional, int depth)
    {
        var members = Gen.Constant(new JsonObject()).Select(_ => new JsonObject());
        foreach (var (name, schema) in properties)
        {
            members =
                from map in members
                from value in ValueFor(root, schema, depth - 1)
                from isThere in Gen.Frequency((optional ? 1 : 0, Gen.Constant(false)), (2, Gen.Constant(true)))
                select isThere ? (JsonObject)With(map, name, value) : map;
        }

        return members.Select(map => (JsonNode?)map);
    }

    private static Gen<JsonNode?> Scalar(string type) => type switch
    {
        "string" => Gen.Elements(Texts).Select(text => (JsonNode?)text),
        "integer" or "number" => Gen.Choose(-3, 12).Select(number => (JsonNode?)number),
        "boolean" => Gen.Elements(true, false).Select(value => (JsonNode?)value),
        "null" => Gen.Constant<JsonNode?>(null),
        _ => Value(1),
    };

    private static JsonNode Reference(string target, bool hasSibling) => hasSibling
        ? new JsonObject { ["$ref"] = target, ["description"] = "Another." }
        : new JsonObject { ["$ref"] = target };

    private static Gen<JsonNode> Number(int from, int to) => Gen.Choose(from, to).Select(value => (JsonNode)value);

    private static Gen<JsonNode> Text(params string[] texts) => Gen.Elements(texts).Select(value => (JsonNode)value);

    private static Gen<JsonNode> Keywords(string type, params (string Name, Gen<JsonNode> Value)[] keywords)
    {
        var schema = Gen.Constant(type).Select(name => new JsonObject { ["type"] = name });
        foreach (var (name, values) in keywords)
        {
            schema =
                from map in schema
                from value in values
                from isThere in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)))
                select isThere ? (JsonObject)With(map, name, value) : map;
        }

        return schema.Select(map => (JsonNode)map);
    }

    private static Gen<JsonObject> Members<T>(Gen<T> values)
        where T : JsonNode? =>
        from names in Gen.SubListOf(Names)
        from members in SomeOf(values, Names.Length, Names.Length)
        select new JsonObject(names.Zip(members, (name, value) => KeyValuePair.Create(name, value?.DeepClone())));

    private static Gen<List<T>> SomeOf<T>(Gen<T> values, int from, int to) =>
        Gen.Choose(from, to).SelectMany(count => Gen.ListOf(values, count)).Select(list => list.ToList());

    private static JsonArray ListOf<T>(IEnumerable<T> nodes)
        where T : JsonNode? => new([.. nodes.Select(node => node?.DeepClone())]);

    private static JsonObject With(JsonObject map, string name, JsonNode? value) => (JsonObject)With((JsonNode)map, name, value);

    /// <summary>A copy with one more member; a boolean schema stays what it is.</summary>
    private static JsonNode With(JsonNode schema, string name, JsonNode? value)
    {
        var copy = schema.DeepClone();
        if (copy is JsonObject map)
            map[name] = value?.DeepClone();
        return copy;
    }
}
