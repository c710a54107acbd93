using System.Text;
using Dragoman.Tools;

namespace Dragoman.Tests.Tools;

public sealed class ArgumentCoercionTests
{
    [Theory]
    [InlineData("\"3\"", """{"type":"integer"}""", "3", "v: string to integer")]
    [InlineData("\"-12\"", """{"type":"number"}""", "-12", "v: string to integer")]
    [InlineData("\"3.50\"", """{"type":"number"}""", "3.50", "v: string to number")]
    [InlineData("3.0", """{"type":"integer"}""", "3", "v: number to integer")]
    [InlineData("3.0", """{"anyOf":[{"type":"integer"},{"type":"string"}]}""", "3", "v: number to integer")]
    [InlineData("\"true\"", """{"type":"boolean"}""", "true", "v: string to boolean")]
    [InlineData("\"False\"", """{"type":["boolean","null"]}""", "false", "v: string to boolean")]
    [InlineData("\"[1, 2]\"", """{"type":"array"}""", "[1, 2]", "v: string to array")]
    [InlineData("\" {\\\"a\\\":\\\"1\\\"}\"", """{"type":"object","properties":{"a":{"type":"integer"}}}""", """{"a":1}""", "v: string to object; v.a: string to integer")]
    [InlineData("1.50", """{"type":"string"}""", "\"1.50\"", "v: number to string")]
    [InlineData("true", """{"type":["string","null"]}""", "\"true\"", "v: boolean to string")]
    [InlineData("\"x\"", """{"type":"array","items":{"type":"string"}}""", "[\"x\"]", "v: wrapped in an array")]
    [InlineData("\"3\"", """{"type":"array","items":{"type":"integer"}}""", "[3]", "v[0]: string to integer; v: wrapped in an array")]
    [InlineData("""{"a":"1"}""", """{"type":"object","additionalProperties":{"type":"integer"}}""", """{"a":1}""", "v.a: string to integer")]
    [InlineData("""["1",2]""", """{"type":"array","items":{"type":"integer"}}""", "[1,2]", "v[0]: string to integer")]
    [InlineData("\"3\"", """{"anyOf":[{"type":"integer"},{"type":"null"}]}""", "3", "v: string to integer")]
    [InlineData("\"3\"", """{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "3", "v: string to integer")]
    [InlineData("\"3\"", """{"anyOf":[{"const":"auto"},{"type":"integer"}]}""", "3", "v: string to integer")]
    [InlineData("[\"3\"]", """{"anyOf":[{"type":"array","items":{"type":"integer"}},{"type":"null"}]}""", "[3]", "v[0]: string to integer")]
    [InlineData("\"3\"", """{"allOf":[{"type":"integer"}]}""", "3", "v: string to integer")]
    [InlineData("\"3\"", """{"$ref":"#/$defs/Count"}""", "3", "v: string to integer")]
    [InlineData("""{"count":"1","next":{"count":"2"}}""", """{"$ref":"#/$defs/Node"}""", """{"count":1,"next":{"count":2}}""", "v.count: string to integer; v.next.count: string to integer")]
    [InlineData("2", """{"enum":["1","2"]}""", "\"2\"", "v: integer to string")]
    public void Coerces_where_nothing_is_lost(string value, string schema, string expected, string changes)
    {
        var coerced = Coerce("{\"v\":" + value + "}", InSchema(schema));

        Assert.Equal("{\"v\":" + expected + "}", Encoding.UTF8.GetString(coerced.Json.Span));
        Assert.Equal(changes, string.Join("; ", coerced.Changes));
    }

    [Theory]
    [InlineData("\"03\"", """{"type":"integer"}""")]
    [InlineData("\" 3\"", """{"type":"integer"}""")]
    [InlineData("\"3 \"", """{"type":"integer"}""")]
    [InlineData("\"+3\"", """{"type":"integer"}""")]
    [InlineData("\"-0\"", """{"type":"integer"}""")]
    [InlineData("\"3.5\"", """{"type":"integer"}""")]
    [InlineData("\"3.0\"", """{"type":"integer"}""")]
    [InlineData("1e3", """{"anyOf":[{"type":"integer"},{"type":"string"}]}""")]
    [InlineData("3.5", """{"type":"integer"}""")]
    [InlineData("3e2", """{"type":"integer"}""")]
    [InlineData("3.0", """{"type":"number"}""")]
    [InlineData("1", """{"type":"boolean"}""")]
    [InlineData("\"yes\"", """{"type":"boolean"}""")]
    [InlineData("\"TRUE\"", """{"type":"boolean"}""")]
    [InlineData("\"3\"", """{"type":["integer","string"]}""")]
    [InlineData("3", """{"type":["string","boolean"]}""")]
    [InlineData("\"3\"", """{"anyOf":[{"type":"integer"},{"type":"string"}]}""")]
    [InlineData("\"[1\"", """{"type":"array","items":{"type":"string"}}""")]
    [InlineData("\"x\"", """{"type":"array"}""")]
    [InlineData("\"x\"", """{"type":"array","items":{}}""")]
    [InlineData("\"x\"", """{"type":"integer","items":{"type":"string"}}""")]
    [InlineData("\"x\"", """{"type":"array","items":{"type":"integer"}}""")]
    [InlineData("\"{}\"", """{"type":"array","items":{"type":"object"},"enum":[[1]]}""")]
    [InlineData("3", """{"type":"string","enum":["1","2"]}""")]
    [InlineData("""{"a":1}""", """{"type":"object"}""")]
    [InlineData("\"3\"", "true")]
    [InlineData("\"3\"", "{}")]
    [InlineData("\"3\"", "7")]
    [InlineData("\"3\"", """{"type":"text"}""")]
    [InlineData("\"3\"", """{"type":5,"properties":[],"items":"x","anyOf":{},"$ref":"#/nowhere/1"}""")]
    [InlineData("\"3\"", """{"$ref":"#/$defs/Loop"}""")]
    [InlineData("\"3\"", """{"$ref":"#/$defs/Bomb"}""")]
    public void Leaves_alone_what_fits_or_would_be_a_guess(string value, string schema)
    {
        ReadOnlyMemory<byte> arguments = Encoding.UTF8.GetBytes($$"""{"v": {{value}} }""");

        var coerced = ArgumentCoercion.Coerce(arguments, Encoding.UTF8.GetBytes(InSchema(schema)));

        Assert.True(coerced.Json.Equals(arguments));
        Assert.Empty(coerced.Changes);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"v":{"type":"string"}}}""", """{"w":1}""")]
    [InlineData("""{"type":"object","properties":{"v":{"anyOf":[{"type":"string"},{"type":"integer"}]}}}""", """{"w":1}""")]
    [InlineData("""{"type":"object","properties":{"v":{"type":"string"}},"required":["v"]}""", """{"v":null,"w":1}""")]
    [InlineData("""{"type":"object","properties":{"v":{"type":["string","null"]}}}""", """{"v":null,"w":1}""")]
    [InlineData("""{"type":"object","properties":{"v":{"anyOf":[{"type":"string"},{"type":"null"}]}}}""", """{"v":null,"w":1}""")]
    [InlineData("""{"type":"object","properties":{"v":{}}}""", """{"v":null,"w":1}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"string"}}""", """{"v":null,"w":"1"}""")]
    public void Removes_null_where_it_can_only_mean_not_given(string schema, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(Coerce("""{"v":null,"w":1}""", schema).Json.Span));

    [Fact]
    public void Keeps_the_bytes_of_everything_else()
    {
        var coerced = Coerce("""{"b":"3","a":1.0,"s":"\u00e9<","n":123456789012345678901234567890}""", """{"properties":{"b":{"type":"integer"}}}""");

        Assert.Equal("""{"b":3,"a":1.0,"s":"\u00e9<","n":123456789012345678901234567890}""", Encoding.UTF8.GetString(coerced.Json.Span));
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData("{", "{}")]
    [InlineData("[1]", "{}")]
    [InlineData("""{"v":"3"}""", "")]
    [InlineData("""{"v":"3"}""", "{]")]
    [InlineData("""{"\ud800":"3"}""", """{"properties":{"\ud800":{"type":"integer"}}}""")]
    public void Leaves_arguments_alone_when_either_side_is_bad(string arguments, string schema)
    {
        var coerced = Coerce(arguments, schema);

        Assert.Equal(arguments, Encoding.UTF8.GetString(coerced.Json.Span));
    }

    private static CoercedArguments Coerce(string arguments, string schema) =>
        ArgumentCoercion.Coerce(Encoding.UTF8.GetBytes(arguments), Encoding.UTF8.GetBytes(schema));

    private static string InSchema(string schema) => """
        {"type":"object","properties":{"v":SCHEMA},"$defs":{
          "Count":{"type":"integer"},
          "Node":{"type":"object","properties":{"count":{"$ref":"#/$defs/Count"},"next":{"$ref":"#/$defs/Node"}}},
          "Loop":{"$ref":"#/$defs/Loop"},
          "Bomb":{"anyOf":[{"$ref":"#/$defs/Bomb"},{"$ref":"#/$defs/Bomb"}]}}}
        """.Replace("SCHEMA", schema, StringComparison.Ordinal);
}
