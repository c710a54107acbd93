using System.Text;
using System.Text.Json;
using Dragoman.Tools;

namespace Dragoman.Tests.Tools;

public sealed class ArgumentRepairTests
{
    [Theory]
    [InlineData("""{"a":1}""")]
    [InlineData("""{ "b" : 1.0, "a": 123456789012345678901234567890, "b": 2 }""")]
    [InlineData("""{"text":"\u00e9 \"x\" \n"}""")]
    [InlineData("{}")]
    public void Leaves_the_very_same_bytes_of_an_object(string json)
    {
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(json);

        var repaired = ArgumentRepair.Repair(bytes);

        Assert.Equal(ArgumentRepairKind.Untouched, repaired.Kind);
        Assert.True(repaired.Json.Equals(bytes));
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData("  \n", "{}")]
    [InlineData("null", "{}")]
    [InlineData("\"\"", "{}")]
    [InlineData("\"null\"", "{}")]
    [InlineData("""  "{\"a\": 1.0, \"b\":\"x\\ny\"}" """, """{"a": 1.0, "b":"x\ny"}""")]
    public void Reads_the_object_inside_a_string(string json, string expected) => AssertRepaired(json, ArgumentRepairKind.Parsed, expected);

    [Theory]
    [InlineData("""
        "\"{\\\"a\\\":\\\"x\\\"}\""
        """, """{"a":"x"}""")]
    [InlineData("""
        "{\\\"a\\\":1}"
        """, """{"a":1}""")]
    [InlineData("""{\"a\": \"C:\\\\x\"}""", """{"a": "C:\\x"}""")]
    [InlineData("""{\n  \"a\": 1\n}""", "{\n  \"a\": 1\n}")]
    public void Undoes_double_escapes(string json, string expected) => AssertRepaired(json, ArgumentRepairKind.Unescaped, expected);

    [Theory]
    [InlineData("trailing commas", """{"a":[1,2,],"b":{"c":1,},}""", """{"a":[1,2],"b":{"c":1}}""")]
    [InlineData("single quotes", """{'a': 'it\'s "x"'}""", """{"a":"it's \"x\""}""")]
    [InlineData("unquoted keys", """{a: 1, file_path: "x", $b-c: 2}""", """{"a":1,"file_path":"x","$b-c":2}""")]
    [InlineData("missing object closer", """{"a":{"b":1""", """{"a":{"b":1}}""")]
    [InlineData("missing array closer", """{"a":[1,[2""", """{"a":[1,[2]]}""")]
    [InlineData("missing inner closers", """{"a":[1,{"b":2],"c":[3}""", """{"a":[1,{"b":2}],"c":[3]}""")]
    [InlineData("truncated string", """{"a":1,"b":"hel""", """{"a":1,"b":"hel"}""")]
    [InlineData("truncated escape", """{"a":"hel\""", """{"a":"hel"}""")]
    [InlineData("truncated unicode escape", """{"a":"hel\u00""", """{"a":"hel"}""")]
    [InlineData("truncated after a comma", """{"a":1,""", """{"a":1}""")]
    [InlineData("Python literals", """{"a":True,"b":False,"c":None}""", """{"a":true,"b":false,"c":null}""")]
    [InlineData("code fence", "```json\n{\"a\":1}\n```", """{"a":1}""")]
    [InlineData("code fence around a truncated object", "```json\n{\"a\":[1\n```", """{"a":[1]}""")]
    [InlineData("prose", "Sure, here it is: {\"a\":1}. Say if you need more!", """{"a":1}""")]
    [InlineData("surplus closers", """{"a":1}}]""", """{"a":1}""")]
    [InlineData("smart quotes", """{“a”: “say "hi"”, ‘b’: 1}""", """{"a":"say \"hi\"","b":1}""")]
    [InlineData("comments", "{/* x */\"a\":1, // y\n#z\n\"b\":2}", """{"a":1,"b":2}""")]
    [InlineData("missing commas", "{\"a\":1 \"b\":\"x\"\n\"c\":[{} {}]\"d\":2}", """{"a":1,"b":"x","c":[{},{}],"d":2}""")]
    [InlineData("doubled comma", """{"a":1,,"b":2}""", """{"a":1,"b":2}""")]
    [InlineData("raw line breaks", "{\"a\":\"x\r\n\ty\u0001\"}", """{"a":"x\r\n\ty\u0001"}""")]
    [InlineData("numbers keep their text", """{"a":1.0,"b":123456789012345678901234567890,"c":-0.5E+10,}""", """{"a":1.0,"b":123456789012345678901234567890,"c":-0.5E+10}""")]
    [InlineData("duplicate keys stay", """{"a":1,"a":2,}""", """{"a":1,"a":2}""")]
    [InlineData("a backslash that is itself", """{"re":"\d+\.","p":"C:\users"}""", """{"re":"\\d+\\.","p":"C:\\users"}""")]
    [InlineData("damage inside a string token", """
        "{\"a\":1,}"
        """, """{"a":1}""")]
    [InlineData("a string token that was cut off", """
        "{\"a\":\"x
        """, """{"a":"x"}""")]
    public void Repairs_what_has_one_reading(string damage, string json, string expected)
    {
        Assert.NotEmpty(damage);
        AssertRepaired(json, ArgumentRepairKind.Repaired, expected);
    }

    [Theory]
    [InlineData("[1,2]", """{"raw":[1,2]}""")]
    [InlineData("42.0", """{"raw":42.0}""")]
    [InlineData("\"hello\"", """{"raw":"hello"}""")]
    [InlineData("\"[1]\"", """{"raw":"[1]"}""")]
    [InlineData("hello", """{"raw":"hello"}""")]
    [InlineData("{", "{}")]
    public void Wraps_what_is_no_object(string json, string expected) =>
        AssertRepaired(json, expected == "{}" ? ArgumentRepairKind.Repaired : ArgumentRepairKind.Raw, expected);

    [Theory]
    [InlineData("bare word", """{"a": yes}""")]
    [InlineData("undefined", """{"a": undefined}""")]
    [InlineData("not a number", """{"a": NaN}""")]
    [InlineData("truncated literal", """{"a": tr""")]
    [InlineData("unescaped quotes", """{"a": "say "hi" now"}""")]
    [InlineData("unescaped quotes that look like a member", """{"a":"x "b": "y"}""")]
    [InlineData("missing quote", """{"a": "x}""")]
    [InlineData("key without value", """{"a":1,"b":""")]
    [InlineData("key without colon", "{\"a\":1,\"b")]
    [InlineData("two objects", """{"a":1} {"b":2}""")]
    [InlineData("part of a larger value", "\"a\": {\"b\":1}")]
    [InlineData("members without their object", """x: 1, y: {"b":1}""")]
    [InlineData("array of an object", """[{"a":1},]""")]
    [InlineData("text after the object that goes on", """{"a":[1},"b":3}""")]
    [InlineData("leading zero", """{"a":01}""")]
    [InlineData("leading point", """{"a":.5}""")]
    [InlineData("cut off number", """{"a":1.""")]
    [InlineData("hole in an array", """{"a":[1,,2]}""")]
    [InlineData("elements without comma", """{"a":[1 2]}""")]
    [InlineData("unclosed single quote", """{'a':'x, "b": 2""")]
    public void Keeps_what_is_ambiguous_as_raw_text(string ambiguity, string text)
    {
        Assert.NotEmpty(ambiguity);
        var repaired = ArgumentRepair.RepairText(text);

        Assert.Equal(ArgumentRepairKind.Raw, repaired.Kind);
        using var document = JsonDocument.Parse(repaired.Json);
        Assert.Equal(text, document.RootElement.GetProperty("raw").GetString());
    }

    [Fact]
    public void Reads_up_to_the_depth_limit_and_keeps_deeper_values_as_text()
    {
        static string Nested(int levels) => string.Concat(Enumerable.Repeat("{\"a\":", levels - 1)) + "{}" + new string('}', levels - 1);

        Assert.Equal(ArgumentRepairKind.Untouched, Repair(Nested(ArgumentRepair.MaxDepth)).Kind);
        Assert.Equal(ArgumentRepairKind.Repaired, Repair(Nested(ArgumentRepair.MaxDepth).TrimEnd('}')).Kind);
        Assert.Equal(ArgumentRepairKind.Raw, Repair(Nested(ArgumentRepair.MaxDepth + 1)).Kind);
        Assert.Equal(ArgumentRepairKind.Raw, Repair(new string('[', 100_000)).Kind);
        using var deepArray = JsonDocument.Parse(Repair(new string('[', 64) + new string(']', 64)).Json);
        Assert.Equal(JsonValueKind.String, deepArray.RootElement.GetProperty("raw").ValueKind);
    }

    [Fact]
    public void Replaces_bytes_that_are_not_unicode()
    {
        var repaired = ArgumentRepair.Repair((byte[])[.. "{\"a\":\"x"u8, 0xFF, .. "\"}"u8]);

        Assert.Equal("{\"a\":\"x\uFFFD\"}", Encoding.UTF8.GetString(repaired.Json.Span));
    }

    private static RepairedArguments Repair(string json) => ArgumentRepair.Repair(Encoding.UTF8.GetBytes(json));

    private static void AssertRepaired(string json, ArgumentRepairKind kind, string expected)
    {
        var repaired = Repair(json);
        Assert.Equal(expected, Encoding.UTF8.GetString(repaired.Json.Span));
        Assert.Equal(kind, repaired.Kind);
    }
}
