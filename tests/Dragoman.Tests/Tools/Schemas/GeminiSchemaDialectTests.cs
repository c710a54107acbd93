using System.Text;
using System.Text.Json;
using Dragoman.Tools;

namespace Dragoman.Tests.Tools.Schemas;

public sealed class GeminiSchemaDialectTests
{
    // What stands for anything at all.
    private const string Scalars = """{"type":"STRING","nullable":true},{"type":"NUMBER"},{"type":"BOOLEAN"},{"type":"OBJECT"}""";
    private const string Any = """{"anyOf":[SCALARS,{"type":"ARRAY","items":{"anyOf":[SCALARS,{"type":"ARRAY","items":{"anyOf":[SCALARS,{"type":"ARRAY","items":{"anyOf":[SCALARS]}}]}}]}}]}""";

    [Theory]
    [InlineData("bounds and lengths", """{"type":"string","minLength":1,"maxLength":9,"pattern":"^a+$"}""", """{"type":"STRING","minLength":1,"maxLength":9,"pattern":"^a+$"}""", "")]
    [InlineData("a pattern that looks ahead", """{"type":"string","pattern":"^(?!x)"}""", """{"type":"STRING","description":"(pattern: ^(?!x))"}""", "properties.p: pattern kept as text")]
    [InlineData("a format that both take", """{"type":"string","format":"date-time"}""", """{"type":"STRING","format":"date-time"}""", "")]
    [InlineData("another format", """{"type":"string","format":"uri","description":"Where."}""", """{"type":"STRING","description":"Where. (format: uri)"}""", "properties.p: format kept as text")]
    [InlineData("default and title", """{"type":"integer","default":5,"title":"Count"}""", """{"type":"INTEGER","description":"(default: 5; title: Count)"}""", "properties.p: default, title kept as text")]
    [InlineData("keywords for programs", """{"$id":"x","$schema":"y","$comment":"z","x-order":1,"type":"boolean"}""", """{"type":"BOOLEAN"}""", "")]
    [InlineData("more than, of whole numbers", """{"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":10}""", """{"type":"INTEGER","minimum":1,"maximum":9}""", "")]
    [InlineData("more than, of others", """{"type":"number","exclusiveMinimum":0}""", """{"type":"NUMBER","description":"(exclusiveMinimum: 0)","minimum":0}""", "properties.p: exclusiveMinimum kept as text")]
    [InlineData("both bounds", """{"type":"integer","minimum":5,"exclusiveMinimum":0}""", """{"type":"INTEGER","minimum":5}""", "")]
    [InlineData("bounds of a JavaScript integer", """{"type":"integer","minimum":-9007199254740991,"maximum":9007199254740991}""", """{"type":"INTEGER"}""", "")]
    [InlineData("const", """{"const":"a"}""", """{"type":"STRING","enum":["a"]}""", "")]
    [InlineData("const of a number", """{"const":2}""", """{"type":"INTEGER","description":"(enum: [2])","minimum":2,"maximum":2}""", "properties.p: enum kept as text")]
    [InlineData("list of numbers", """{"type":"number","enum":[3,1.5,2]}""", """{"type":"NUMBER","description":"(enum: [3,1.5,2])","minimum":1.5,"maximum":3}""", "properties.p: enum kept as text")]
    [InlineData("list of strings and null", """{"enum":["a","b",null]}""", """{"type":"STRING","nullable":true,"enum":["a","b"]}""", "")]
    [InlineData("list with an empty string", """{"type":"string","enum":["","a"]}""", """{"type":"STRING","description":"(enum: [\u0022\u0022,\u0022a\u0022])"}""", "properties.p: enum kept as text")]
    [InlineData("list of several types", """{"enum":["a",1,true,false]}""", """{"anyOf":[{"type":"STRING","enum":["a"]},{"type":"INTEGER","description":"(enum: [1])","minimum":1,"maximum":1},{"type":"BOOLEAN"}]}""", "properties.p: enum kept as text")]
    [InlineData("list that contradicts the type", """{"type":"string","enum":[1,2]}""", """{"type":"STRING","description":"(enum: [1,2])"}""", "properties.p: enum kept as text")]
    [InlineData("types", """{"type":["string","number","null"],"description":"D.","minLength":1,"minimum":2}""",
        """{"anyOf":[{"type":"STRING","nullable":true,"description":"D.","minLength":1},{"type":"NUMBER","minimum":2}]}""", "")]
    [InlineData("null", """{"type":"null"}""", """{"type":"NULL"}""", "")]
    [InlineData("a type or null", """{"anyOf":[{"type":"string","minLength":1},{"type":"null"}],"description":"D.","default":null}""",
        """{"type":"STRING","nullable":true,"description":"D. (default: null)","minLength":1}""", "properties.p: default kept as text")]
    [InlineData("nullable", """{"type":"string","nullable":true}""", """{"type":"STRING","nullable":true}""", "")]
    [InlineData("alternatives stand alone", """{"description":"D.","anyOf":[{"type":"string"},{"type":"array","items":{"type":"string"},"description":"Many."}]}""",
        """{"anyOf":[{"type":"STRING","description":"D."},{"type":"ARRAY","description":"Many.","items":{"type":"STRING"}}]}""", "")]
    [InlineData("alternatives take what stands beside them", """{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"oneOf":[{"properties":{"b":{"type":"integer"}},"required":["b"]},{"properties":{"c":{"type":"boolean"}}}]}""",
        """{"anyOf":[{"type":"OBJECT","properties":{"a":{"type":"STRING"},"b":{"type":"INTEGER"}},"required":["a","b"]},{"type":"OBJECT","properties":{"a":{"type":"STRING"},"c":{"type":"BOOLEAN"}},"required":["a"]}]}""", "properties.p: oneOf became anyOf")]
    [InlineData("alternatives that only ask for a property", """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"anyOf":[{"required":["a"]},{"required":["b"]}]}""",
        """{"type":"OBJECT","description":"(anyOf: [{\u0022required\u0022:[\u0022a\u0022]},{\u0022required\u0022:[\u0022b\u0022]}])","properties":{"a":{"type":"STRING"},"b":{"type":"STRING"}}}""", "properties.p: anyOf kept as text")]
    [InlineData("alternatives in alternatives", """{"anyOf":[{"anyOf":[{"type":"string"},{"type":"integer"}]},{"type":"boolean"},{"type":"string"}]}""", """{"anyOf":[{"type":"STRING"},{"type":"INTEGER"},{"type":"BOOLEAN"}]}""", "")]
    [InlineData("allOf", """{"allOf":[{"type":"object","properties":{"a":{"type":"number"}},"required":["a"]},{"properties":{"a":{"type":"integer"}}}]}""", """{"type":"OBJECT","properties":{"a":{"type":"INTEGER"}},"required":["a"]}""", "")]
    [InlineData("closed object", """{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}""", """{"type":"OBJECT","description":"(no other properties)","properties":{"a":{"type":"STRING"}}}""", "properties.p: additionalProperties kept as text")]
    [InlineData("map", """{"type":"object","properties":{},"propertyNames":{"type":"string"},"additionalProperties":{"type":"integer"}}""",
        """{"type":"OBJECT","description":"(other properties: {\u0022type\u0022:\u0022integer\u0022})"}""", "properties.p: additionalProperties kept as text")]
    [InlineData("required but not declared", """{"type":"object","properties":{"a":{"type":"string"}},"required":["b","a"]}""", """{"type":"OBJECT","properties":{"a":{"type":"STRING"},"b":ANY},"required":["b","a"]}""", "")]
    [InlineData("required but not possible", """{"type":"object","properties":{"a":{"type":"string"}},"required":["b","a"],"additionalProperties":false}""",
        """{"type":"OBJECT","description":"(required: [\u0022b\u0022,\u0022a\u0022]; no other properties)","properties":{"a":{"type":"STRING"}},"required":["a"]}""", "properties.p: required, additionalProperties kept as text")]
    [InlineData("array of anything", """{"type":"array","maxItems":2}""", """{"type":"ARRAY","maxItems":2,"items":{"anyOf":[SCALARS,{"type":"ARRAY","items":{"anyOf":[SCALARS,{"type":"ARRAY","items":{"anyOf":[SCALARS]}}]}}]}}""", "")]
    [InlineData("tuple", """{"type":"array","prefixItems":[{"type":"string"},{"type":"integer","exclusiveMinimum":0}],"items":false}""",
        """{"type":"ARRAY","description":"(prefixItems: [{\u0022type\u0022:\u0022string\u0022},{\u0022type\u0022:\u0022integer\u0022,\u0022exclusiveMinimum\u0022:0}])","maxItems":2,"items":{"anyOf":[{"type":"STRING"},{"type":"INTEGER","minimum":1}]}}""", "properties.p: prefixItems kept as text")]
    [InlineData("anything", "true", "ANY", "")]
    [InlineData("anything with a description", """{"description":"D."}""", """{"anyOf":[{"type":"STRING","nullable":true,"description":"D."},REST]}""", "")]
    [InlineData("an object without its type", """{"properties":{"a":{"type":"string"}}}""", """{"anyOf":[{"type":"OBJECT","nullable":true,"properties":{"a":{"type":"STRING"}}},{"type":"STRING"},{"type":"NUMBER"},{"type":"BOOLEAN"},ARRAY]}""", "")]
    [InlineData("conditions", """{"type":"string","not":{"const":"x"},"if":{"minLength":2},"then":{"maxLength":3}}""",
        """{"type":"STRING","description":"(not: {\u0022const\u0022:\u0022x\u0022}; if: {\u0022minLength\u0022:2}; then: {\u0022maxLength\u0022:3})"}""", "properties.p: not, if, then kept as text")]
    [InlineData("recursion", """{"$ref":"#/$defs/Node"}""",
        """{"type":"OBJECT","properties":{"value":{"type":"INTEGER"},"next":{"type":"OBJECT","description":"(same shape as Node, recursively)"}}}""", "properties.p.properties.next: $ref #/$defs/Node cut where it repeats")]
    [InlineData("recursion in elements", """{"$ref":"#/$defs/Tree"}""",
        """{"type":"ARRAY","items":{"type":"ARRAY","description":"(same shape as Tree, recursively)","items":{"anyOf":[SCALARS,{"type":"ARRAY","items":{"anyOf":[SCALARS,{"type":"ARRAY","items":{"anyOf":[SCALARS]}}]}}]}}}""",
        "properties.p.items: $ref #/$defs/Tree cut where it repeats")]
    [InlineData("elements are rewritten too", """{"type":"array","items":{"type":"object","properties":{"a":{"oneOf":[{"const":"x"},{"const":"y"}]}},"additionalProperties":false}}""",
        """{"type":"ARRAY","items":{"type":"OBJECT","description":"(no other properties)","properties":{"a":{"anyOf":[{"type":"STRING","enum":["x"]},{"type":"STRING","enum":["y"]}]}}}}""",
        "properties.p.items.properties.a: oneOf became anyOf; properties.p.items: additionalProperties kept as text")]
    public void Rewrites_a_property(string what, string property, string expected, string notes)
    {
        Assert.NotEmpty(what);
        var rewritten = Rewrite("""
            {"type":"object","properties":{"p":PROPERTY},"$defs":{"Tree":{"type":"array","items":{"$ref":"#/$defs/Tree"}},
            "Node":{"type":"object","properties":{"value":{"type":"integer"},"next":{"$ref":"#/$defs/Node"}}}}}
            """.Replace("PROPERTY", property, StringComparison.Ordinal));

        Assert.Equal("""{"type":"OBJECT","properties":{"p":""" + Full(expected) + "}}", Text(rewritten));
        Assert.Equal(notes, string.Join("; ", rewritten.Notes));
        Assert.Empty(GeminiSchemaSubset.Violations(JsonElement.Parse(rewritten.Json.Span)));
    }

    [Theory]
    [InlineData("{}", """{"type":"OBJECT"}""", null)]
    [InlineData("""{"type":"object","properties":{},"description":"Nothing."}""", """{"type":"OBJECT","description":"Nothing."}""", "Nothing.")]
    [InlineData("""{"type":["object","null"],"title":"T","properties":{"a":{"type":"string"}},"description":"All.","minProperties":1,"additionalProperties":false}""",
        """{"type":"OBJECT","description":"All.","minProperties":1,"properties":{"a":{"type":"STRING"}}}""", null)]
    [InlineData("""{"oneOf":[{"properties":{"kind":{"const":"a"},"x":{"type":"string"}},"required":["kind","x"]},{"properties":{"kind":{"const":"b"},"y":{"type":"number"}},"required":["kind"]}]}""",
        """{"type":"OBJECT","description":"Use one of {kind: \u0022a\u0022, x}, {kind: \u0022b\u0022, y?}.","properties":{"kind":{"type":"STRING","enum":["a","b"]},"x":{"type":"STRING"},"y":{"type":"NUMBER"}},"required":["kind"]}""", null)]
    [InlineData("[]", """{"type":"OBJECT"}""", null)]
    public void Makes_the_top_level_one_object(string schema, string expected, string? description)
    {
        var rewritten = Rewrite(schema);

        Assert.Equal(Full(expected), Text(rewritten));
        Assert.Equal(description, rewritten.Description);
    }

    [Fact]
    public void Gives_names_that_Gemini_takes()
    {
        var rewritten = Rewrite("""{"properties":{"a-b":{},"a.b":{},"a_b":{},"1":{},"LONG":{},"ok":{}},"required":["a-b","1"]}""".Replace("LONG", new string('n', 65), StringComparison.Ordinal));
        var names = JsonElement.Parse(rewritten.Json.Span).GetProperty("properties").EnumerateObject().Select(property => property.Name);

        Assert.Equal(["a_b_2", "a_b_3", "a_b", "_1", new string('n', 64), "ok"], names);
        Assert.Equal("""{"a_b_2":1,"_1":{"a-b":2}}""", Encoding.UTF8.GetString(rewritten.Names!.ToUpstream("""{"a-b":1, "1":{"a-b":2}}"""u8)));
        Assert.Null(Rewrite("""{"properties":{"a_b":{"type":"object","properties":{"c":{}}}}}""").Names);
    }

    [Fact]
    public void Bounds_what_alternatives_multiply_to()
    {
        // Each level doubles: a schema of twelve levels would be four thousand.
        var schema = """{"type":"string"}""";
        for (var i = 0; i < 12; i++)
        {
            schema = """{"type":"object","properties":{"a":INNER},"anyOf":[{"properties":{"bN":{"type":"string"}}},{"properties":{"cN":{"type":"string"}}}]}"""
                .Replace("N\"", $"{i}\"", StringComparison.Ordinal).Replace("INNER", schema, StringComparison.Ordinal);
        }

        var rewritten = Rewrite("{\"properties\":{\"p\":" + schema + "}}");

        Assert.InRange(rewritten.Json.Length, 10_000, 2_000_000);
        Assert.Contains(rewritten.Notes, note => note.EndsWith("anyOf kept as text", StringComparison.Ordinal));
        Assert.Empty(GeminiSchemaSubset.Violations(JsonElement.Parse(rewritten.Json.Span)));
    }

    private static string Full(string expected)
    {
        var any = Any.Replace("SCALARS", Scalars, StringComparison.Ordinal);
        var array = any[any.IndexOf("{\"type\":\"ARRAY\"", StringComparison.Ordinal)..^2];
        return expected.Replace("ANY", any, StringComparison.Ordinal)
            .Replace("REST", Scalars[(Scalars.IndexOf('}', StringComparison.Ordinal) + 2)..] + "," + array, StringComparison.Ordinal)
            .Replace(",ARRAY]", "," + array + "]", StringComparison.Ordinal)
            .Replace("SCALARS", Scalars, StringComparison.Ordinal)
            .Replace("\\u0022", "\\\"", StringComparison.Ordinal);
    }

    private static RewrittenSchema Rewrite(string schema) => SchemaDialect.Gemini.Rewrite(Encoding.UTF8.GetBytes(schema));

    private static string Text(RewrittenSchema schema) => Encoding.UTF8.GetString(schema.Json.Span);
}
