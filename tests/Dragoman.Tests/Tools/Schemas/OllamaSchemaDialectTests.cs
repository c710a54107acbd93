using System.Text;
using System.Text.Json;
using Dragoman.Tools;

namespace Dragoman.Tests.Tools.Schemas;

public sealed class OllamaSchemaDialectTests
{
    [Theory]
    [InlineData("constraints", """{"type":"string","format":"uri","pattern":"^a+$","default":5,"minimum":1}""",
        """{"type":"string","description":"(format: uri; pattern: ^a+$; default: 5; minimum: 1)"}""", "properties.p: format, pattern, default, minimum kept as text")]
    [InlineData("text after the author's words", """{"type":"string","description":"A name.","minLength":1}""",
        """{"type":"string","description":"A name. (minLength: 1)"}""", "properties.p: minLength kept as text")]
    [InlineData("keywords for programs", """{"$id":"x","$schema":"y","$comment":"z","x-order":1,"type":"string"}""", """{"type":"string"}""", "")]
    [InlineData("a title that is the name", """{"title":"P","type":"string"}""", """{"type":"string"}""", "")]
    [InlineData("a title that says more", """{"title":"Path","type":"string"}""", """{"type":"string","description":"(title: Path)"}""", "properties.p: title kept as text")]
    [InlineData("bounds of a JavaScript integer", """{"type":"integer","minimum":-9007199254740991,"maximum":9007199254740991}""", """{"type":"integer"}""", "")]
    [InlineData("closed object", """{"type":"object","properties":{"a":{}},"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{}},"description":"(no other properties)"}""", "properties.p: additionalProperties kept as text")]
    [InlineData("open object", """{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{}}""", """{"type":"object"}""", "")]
    [InlineData("map", """{"type":"object","additionalProperties":{"type":"integer"}}""",
        """{"type":"object","description":"(other properties: {\u0022type\u0022:\u0022integer\u0022})"}""", "properties.p: additionalProperties kept as text")]
    [InlineData("conditions", """{"if":{"type":"string"},"then":{"minLength":2},"not":{"const":"x"}}""",
        """{"description":"(if: {\u0022type\u0022:\u0022string\u0022}; then: {\u0022minLength\u0022:2}; not: {\u0022const\u0022:\u0022x\u0022})"}""", "properties.p: if, then, not kept as text")]
    [InlineData("dependencies", """{"patternProperties":{"^x":{}},"dependentRequired":{"a":["b"]},"uniqueItems":true,"multipleOf":2,"examples":[1]}""",
        """{"description":"(patternProperties: {\u0022^x\u0022:{}}; dependentRequired: {\u0022a\u0022:[\u0022b\u0022]}; no duplicates; multipleOf: 2; examples: [1])"}""",
        "properties.p: patternProperties, dependentRequired, uniqueItems, multipleOf, examples kept as text")]
    [InlineData("const", """{"const":null,"description":"d"}""", """{"enum":[null],"description":"d"}""", "")]
    [InlineData("oneOf", """{"oneOf":[{"const":"a"},{"type":"integer","minimum":1}]}""",
        """{"anyOf":[{"enum":["a"]},{"type":"integer","description":"(minimum: 1)"}]}""", "properties.p: oneOf became anyOf; properties.p.anyOf[1]: minimum kept as text")]
    [InlineData("oneOf beside anyOf", """{"anyOf":[{"type":"string"}],"oneOf":[{"minLength":1}]}""",
        """{"anyOf":[{"type":"string"}],"description":"(oneOf: [{\u0022minLength\u0022:1}])"}""", "properties.p: oneOf kept as text")]
    [InlineData("allOf", """{"allOf":[{"type":"object","properties":{"a":{"type":"number"}},"required":["a"]},{"properties":{"a":{"type":"integer"},"b":{}},"required":["b"]}]}""",
        """{"type":"object","properties":{"a":{"type":"integer"},"b":{}},"required":["a","b"]}""", "")]
    [InlineData("allOf that has no single form", """{"allOf":[{"pattern":"a","minLength":1,"enum":["a","b"]},{"pattern":"b","minLength":2,"enum":["b","c"]}]}""",
        """{"enum":["b"],"description":"(pattern: a; minLength: 2; allOf: [{\u0022pattern\u0022:\u0022b\u0022}])"}""", "properties.p: pattern, minLength, allOf kept as text")]
    [InlineData("true", "true", "{}", "")]
    [InlineData("false", "false", """{"description":"must be absent"}""", "")]
    [InlineData("false as a branch", """{"anyOf":[{"type":"string"},false]}""", """{"anyOf":[{"type":"string"}]}""", "")]
    [InlineData("never", """{"not":{}}""", """{"description":"(must be absent)"}""", "properties.p: not kept as text")]
    [InlineData("type list", """{"type":["string","null"]}""", """{"type":["string","null"]}""", "")]
    [InlineData("capitals", """{"type":"STRING"}""", """{"type":"string"}""", "")]
    [InlineData("shorthand", "\"integer\"", """{"type":"integer"}""", "properties.p: a bare type name, read as its type")]
    [InlineData("no schema", "5", "{}", "properties.p: not a schema, anything is accepted")]
    [InlineData("odd keywords", """{"type":"any","required":true,"enum":[],"description":null,"properties":[]}""", "{}",
        "properties.p: type dropped, its value is not a valid one; properties.p: required dropped, its value is not a valid one; properties.p: enum dropped, its value is not a valid one; "
        + "properties.p: description dropped, its value is not a valid one; properties.p: properties dropped, its value is not a valid one")]
    [InlineData("items keep everything but exclusions", """{"type":"array","items":{"type":"string","format":"uri","oneOf":[true,{"const":1}],"not":{"const":2},"additionalProperties":false,"allOf":[{"minLength":1}]}}""",
        """{"type":"array","items":{"type":"string","format":"uri","additionalProperties":false,"allOf":[{"minLength":1}],"description":"(not: {\u0022const\u0022:2})","anyOf":[{},{"const":1}]}}""", "")]
    [InlineData("items with a reference", """{"type":"array","items":{"$ref":"#/$defs/Leaf"}}""", """{"type":"array","items":{"type":"integer","minimum":0}}""", "")]
    [InlineData("items of any kind", """{"type":"array","items":true}""", """{"type":"array","items":{}}""", "")]
    [InlineData("tuple", """{"type":"array","prefixItems":[{"type":"string"},{"$ref":"#/$defs/Leaf"}],"items":false}""",
        """{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer","minimum":0}]},"description":"(prefixItems: [{\u0022type\u0022:\u0022string\u0022},{\u0022type\u0022:\u0022integer\u0022,\u0022minimum\u0022:0}]; maxItems: 2)"}""",
        "properties.p: prefixItems, maxItems kept as text")]
    [InlineData("reference", """{"$ref":"#/$defs/Leaf"}""", """{"type":"integer","description":"(minimum: 0)"}""", "properties.p: minimum kept as text")]
    [InlineData("reference with more", """{"$ref":"#/$defs/Leaf","description":"d","minimum":3}""", """{"description":"d (minimum: 3)","type":"integer"}""", "properties.p: minimum kept as text")]
    [InlineData("recursion", """{"$ref":"#/$defs/Node"}""",
        """{"type":"object","properties":{"value":{"type":"integer","description":"(minimum: 0)"},"next":{"type":"object","description":"(same shape as Node, recursively)"}}}""",
        "properties.p.properties.next: $ref #/$defs/Node cut where it repeats; properties.p.properties.value: minimum kept as text")]
    [InlineData("anchor", """{"$ref":"#leaf"}""", """{"type":"string"}""", "")]
    [InlineData("broken reference", """{"$ref":"#/$defs/None"}""", """{"description":"(see #/$defs/None)"}""", "properties.p: $ref #/$defs/None points to nothing in this schema")]
    public void Rewrites_a_property(string what, string property, string expected, string notes)
    {
        Assert.NotEmpty(what);
        var rewritten = Rewrite("""
            {"type":"object","properties":{"p":PROPERTY},"$defs":{"Leaf":{"type":"integer","minimum":0},"Anchored":{"$anchor":"leaf","type":"string"},
            "Node":{"type":"object","properties":{"value":{"$ref":"#/$defs/Leaf"},"next":{"$ref":"#/$defs/Node"}}}}}
            """.Replace("PROPERTY", property, StringComparison.Ordinal));

        Assert.Equal("""{"type":"object","properties":{"p":""" + expected.Replace("\\u0022", "\\\"", StringComparison.Ordinal) + "}}", Text(rewritten));
        Assert.Equal(notes, string.Join("; ", rewritten.Notes));
    }

    [Theory]
    [InlineData("{}", """{"type":"object","properties":{}}""", null)]
    [InlineData("""{"properties":{}}""", """{"type":"object","properties":{}}""", null)]
    [InlineData("""{"type":["object","null"],"description":"All."}""", """{"type":"object","properties":{}}""", "All.")]
    [InlineData("""{"$schema":"s","type":"object","title":"T","properties":{},"additionalProperties":false}""", """{"type":"object","properties":{}}""", null)]
    [InlineData("""{"type":"object","properties":{"b":{"type":"string"},"a":{"enum":[1.0]}},"required":["b"]}""",
        """{"type":"object","properties":{"b":{"type":"string"},"a":{"enum":[1.0]}},"required":["b"]}""", null)]
    [InlineData("""{"properties":{"a":{}},"required":["a"],"minProperties":2,"additionalProperties":{"type":"string"}}""",
        """{"type":"object","properties":{"a":{}},"required":["a"]}""", """(minProperties: 2; other properties: {"type":"string"})""")]
    [InlineData("""{"oneOf":[{"properties":{"kind":{"const":"a"},"x":{"type":"string"}},"required":["kind","x"]},{"properties":{"kind":{"const":"b"},"y":{"type":"number"}},"required":["kind"]},{"type":"null"}]}""",
        """{"type":"object","properties":{"kind":{"enum":["a","b"]},"x":{"type":"string"},"y":{"type":"number"}},"required":["kind"]}""", """Use one of {kind: "a", x}, {kind: "b", y?}.""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"anyOf":[{"required":["a"]},{"required":["b"]}]}""",
        """{"type":"object","properties":{"a":{},"b":{}}}""", "Use any of {a}, {b}.")]
    [InlineData("""{"anyOf":[{"properties":{"v":{"type":"string"}}},{"properties":{"v":{"type":"integer"}}}],"properties":{"v":{"description":"V."}}}""",
        """{"type":"object","properties":{"v":{"description":"V.","anyOf":[{"type":"string"},{"type":"integer"}]}}}""", "Use any of {v?}.")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/A"},{"properties":{"b":{}}}],"$defs":{"A":{"properties":{"a":{}},"required":["a"]}}}""",
        """{"type":"object","properties":{"a":{},"b":{}},"required":["a"]}""", null)]
    [InlineData("""{"type":"object","properties":{"me":{"$ref":"#"}}}""",
        """{"type":"object","properties":{"me":{"type":"object","description":"(same shape as the whole input, recursively)"}}}""", null)]
    public void Makes_the_top_level_one_plain_object(string schema, string expected, string? description)
    {
        var rewritten = Rewrite(schema);

        Assert.Equal(expected, Text(rewritten));
        Assert.Equal(description, rewritten.Description);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("true")]
    [InlineData("""{"description":"\ud800"}""")]
    public void Describes_no_parameters_when_the_schema_is_not_one(string schema)
    {
        var rewritten = Rewrite(schema);

        Assert.Equal("""{"type":"object","properties":{}}""", Text(rewritten));
        Assert.Single(rewritten.Notes);
    }

    [Fact]
    public void Bounds_what_references_add()
    {
        static string Twice(int i) => """ "D0":{"properties":{"a":{"$ref":"#/$defs/D1"},"b":{"$ref":"#/$defs/D1"}}}, """
            .Replace("D1", $"D{i + 1}", StringComparison.Ordinal).Replace("D0", $"D{i}", StringComparison.Ordinal);

        var definitions = string.Concat(Enumerable.Range(0, 40).Select(Twice));
        var rewritten = Rewrite("""{"properties":{"p":{"$ref":"#/$defs/D0"}},"$defs":{""" + definitions + "\"D40\":{}}}");

        Assert.InRange(rewritten.Json.Length, 1000, 500_000);
        Assert.Contains(rewritten.Notes, note => note.EndsWith("cut, the schema is too large", StringComparison.Ordinal));
        Assert.Empty(OllamaSchemaSubset.Violations(JsonElement.Parse(rewritten.Json.Span)));
    }

    [Fact]
    public void Takes_schemas_like_a_coding_agent_writes_them()
    {
        var rewritten = Rewrite("""
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{
              "questions":{"description":"Questions to ask","minItems":1,"maxItems":4,"type":"array","items":{"type":"object","properties":{
                "header":{"type":"string"},"options":{"type":"array","minItems":2,"items":{"type":"string"}}},"required":["header"],"additionalProperties":false}},
              "answers":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{"type":"string"}},
              "timeout":{"description":"Milliseconds","type":"integer","exclusiveMinimum":0,"maximum":9007199254740991},
              "mode":{"default":"content","type":"string","enum":["content","files"]},
              "isolation":{"type":"string","const":"worktree"},
              "url":{"type":"string","format":"uri","pattern":"^https"},
              "target":{"anyOf":[{"type":"string","minLength":1},{"type":"null"}]}},
             "required":["questions"],"additionalProperties":false}
            """);

        Assert.Equal(
            """
            {"type":"object","properties":{"questions":{"description":"Questions to ask (minItems: 1; maxItems: 4)","type":"array","items":{"type":"object","properties":{
            "header":{"type":"string"},"options":{"type":"array","minItems":2,"items":{"type":"string"}}},"required":["header"],"additionalProperties":false}},
            "answers":{"type":"object","description":"(other properties: {\"type\":\"string\"})"},
            "timeout":{"description":"Milliseconds (exclusiveMinimum: 0)","type":"integer"},
            "mode":{"type":"string","enum":["content","files"],"description":"(default: \"content\")"},
            "isolation":{"type":"string","enum":["worktree"]},
            "url":{"type":"string","description":"(format: uri; pattern: ^https)"},
            "target":{"anyOf":[{"type":"string","description":"(minLength: 1)"},{"type":"null"}]}},"required":["questions"]}
            """.ReplaceLineEndings(""),
            Text(rewritten));
        Assert.Null(rewritten.Description);
    }

    private static RewrittenSchema Rewrite(string schema) => SchemaDialect.Ollama.Rewrite(Encoding.UTF8.GetBytes(schema));

    private static string Text(RewrittenSchema schema) => Encoding.UTF8.GetString(schema.Json.Span);
}
