using System.Text;
using System.Text.Json;
using Dragoman.Tools;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Tools.Schemas;

public sealed class OpenAiSchemaProperties
{
    private static readonly string[] NotAtTop = ["$ref", "$schema", "anyOf", "oneOf", "allOf", "not", "enum", "const", "if"];

    private static readonly Config Runs = Seeded.Config.WithMaxTest(3000);

    [Fact]
    public void Every_schema_comes_out_as_an_object_with_properties()
    {
        Prop.ForAll(SchemaGenerator.Schemas.Select(schema => schema.ToJsonString()).ToArbitrary(), AssertObject).Check(Runs);
        Prop.ForAll(SchemaGenerator.Oddities.ToArbitrary(), AssertObject).Check(Runs);
        Prop.ForAll(SchemaGenerator.Values.Select(value => value?.ToJsonString() ?? "null").ToArbitrary(), AssertObject).Check(Runs);

        static void AssertObject(string schema)
        {
            var once = Rewrite(schema);
            var root = JsonElement.Parse(once);
            Assert.Equal("object", root.GetProperty("type").GetString());
            Assert.Equal(JsonValueKind.Object, root.GetProperty("properties").ValueKind);
            Assert.All(NotAtTop, keyword => Assert.False(root.TryGetProperty(keyword, out _), once));
            Assert.Equal(once, Rewrite(once));
        }
    }

    [Fact]
    public void A_plain_schema_stays_as_it_is_but_for_its_address()
    {
        const string plain = """{"type":"object","properties":{"z":{"type":"integer","minimum":1},"a":{"anyOf":[{"type":"string"},{"$ref":"#/$defs/B"}]}},"required":["z"],"additionalProperties":false,"$defs":{"B":{"const":2}}}""";
        Assert.Equal(plain, Rewrite(plain.Replace("{\"type\":\"object\",\"properties\":{\"z\"", "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\",\"properties\":{\"z\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_object_that_the_original_accepts_is_still_accepted()
    {
        var accepted = 0;
        Prop.ForAll(SchemaGenerator.SchemasWithValues.ToArbitrary(), pair =>
        {
            if (pair.Value.ValueKind != JsonValueKind.Object || !SchemaValidator.Accepts(pair.Schema, pair.Value)) return;
            accepted++;
            var rewritten = Rewrite(pair.Schema.GetRawText());
            Assert.True(SchemaValidator.Accepts(JsonElement.Parse(rewritten), pair.Value), $"{pair.Value}\n{pair.Schema}\n{rewritten}");
        }).Check(Runs);

        // Without enough values that fit, the property would hold for lack of cases.
        Assert.InRange(accepted, 300, 3000);
    }

    [Fact]
    public void Every_strict_schema_is_closed_everywhere()
    {
        var strict = 0;
        Prop.ForAll(SchemaGenerator.Schemas.Select(schema => schema.ToJsonString()).ToArbitrary(), schema =>
        {
            if (StrictSchema.Of(Encoding.UTF8.GetBytes(schema)) is not { } made) return;
            strict++;
            AssertClosed(JsonElement.Parse(made.Json.Span));
        }).Check(Runs.WithMaxTest(10_000));

        // Most of the generator's schemas have definitions that are open.
        Assert.True(strict > 15, $"only {strict}");
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object"}}}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"string"}}""")]
    [InlineData("""{"type":"object","properties":{},"patternProperties":{"^x":{"type":"string"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"oneOf":[{"type":"string"},{"type":"number"}]}}}""")]
    [InlineData("""{"type":"object","properties":{},"required":["b"]}""")]
    [InlineData("""{"type":"array","items":{"type":"string"}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/B","description":"Odd."}},"required":["a"],"$defs":{"B":{"type":"string"}}}""")]
    [InlineData("[]")]
    public void Has_no_strict_form_of_what_is_open(string schema) => Assert.Null(StrictSchema.Of(Encoding.UTF8.GetBytes(schema)));

    [Fact]
    public void Says_whether_optional_properties_may_come_as_null()
    {
        Assert.False(StrictSchema.Of("""{"type":"object","properties":{"a":{"type":["string","null"]}}}"""u8.ToArray())!.AddsNulls);
        Assert.False(StrictSchema.Of("""{"type":"object","properties":{"a":{"enum":["x"]}},"required":["a"]}"""u8.ToArray())!.AddsNulls);
        Assert.True(StrictSchema.Of("""{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"string"}}}},"required":["a"]}"""u8.ToArray())!.AddsNulls);
    }

    private static void AssertClosed(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Array) Assert.All(schema.EnumerateArray(), AssertClosed);
        if (schema.ValueKind != JsonValueKind.Object) return;
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object && schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.False)
        {
            Assert.Equal(properties.EnumerateObject().Select(property => property.Name), schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
            Assert.All(properties.EnumerateObject(), property => AssertClosed(property.Value));
        }
        else
        {
            Assert.DoesNotContain("object", Types(schema));
        }

        foreach (var keyword in (ReadOnlySpan<string>)["items", "anyOf"])
        {
            if (schema.TryGetProperty(keyword, out var inner)) AssertClosed(inner);
        }
    }

    private static IEnumerable<string?> Types(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()) : [type.ToString()];

    private static string Rewrite(string schema) => Encoding.UTF8.GetString(SchemaDialect.OpenAi.Rewrite(Encoding.UTF8.GetBytes(schema)).Json.Span);
}
