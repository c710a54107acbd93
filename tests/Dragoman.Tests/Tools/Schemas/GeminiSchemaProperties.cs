using System.Text;
using System.Text.Json;
using Dragoman.Tools;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Tools.Schemas;

public sealed class GeminiSchemaProperties
{
    // Arrays nested deeper in a value of which the schema says nothing can't be had: there is no schema for "anything".
    private const int MaxUnknownArrays = 3;

    private static readonly Config Runs = Seeded.Config.WithMaxTest(10_000);

    [Fact]
    public void Every_schema_comes_out_inside_what_both_services_take_and_accepts_every_object_that_it_did()
    {
        var accepted = 0;
        Prop.ForAll(SchemaGenerator.SchemasWithValues.ToArbitrary(), pair =>
        {
            var rewritten = SchemaDialect.Gemini.Rewrite(Bytes(pair.Schema.GetRawText()));
            Assert.Empty(GeminiSchemaSubset.Violations(JsonElement.Parse(rewritten.Json.Span)));
            if (pair.Value.ValueKind != JsonValueKind.Object || ArraysIn(pair.Value) > MaxUnknownArrays || !SchemaValidator.Accepts(pair.Schema, pair.Value)) return;
            accepted++;
            AssertAccepts(rewritten, pair);
        }).Check(Runs);

        // Without enough values that fit, the property would hold for lack of cases.
        Assert.InRange(accepted, 1000, 10_000);
    }

    [Fact]
    public void What_is_no_schema_comes_out_inside_what_both_services_take() =>
        Prop.ForAll(SchemaGenerator.Values.Select(value => value?.ToJsonString() ?? "null").ToArbitrary(), AssertSubset).Check(Runs.WithMaxTest(1000));

    [Fact]
    public void Odd_keyword_values_come_out_inside_what_both_services_take() =>
        Prop.ForAll(SchemaGenerator.Oddities.ToArbitrary(), schema =>
        {
            AssertSubset(schema);
            AssertStable(schema);
        }).Check(Runs.WithMaxTest(3000));

    [Fact]
    public void Every_answer_that_the_original_accepts_is_still_accepted()
    {
        var accepted = 0;
        Prop.ForAll(SchemaGenerator.SchemasWithValues.ToArbitrary(), pair =>
        {
            if (ArraysIn(pair.Value) > MaxUnknownArrays || !SchemaValidator.Accepts(pair.Schema, pair.Value)) return;
            accepted++;
            var rewritten = GeminiSchemaDialect.RewriteAnswer(Bytes(pair.Schema.GetRawText()));
            Assert.Empty(GeminiSchemaSubset.Schema(JsonElement.Parse(rewritten.Json.Span), "response_schema"));
            AssertAccepts(rewritten, pair);
        }).Check(Runs.WithMaxTest(3000));

        Assert.InRange(accepted, 300, 3000);
    }

    [Fact]
    public void A_second_rewrite_changes_nothing() =>
        Prop.ForAll(SchemaGenerator.Schemas.Select(schema => schema.ToJsonString()).ToArbitrary(), AssertStable).Check(Runs.WithMaxTest(1000));

    [Fact]
    public void Names_that_were_changed_come_back() =>
        Prop.ForAll(SchemaGenerator.SchemasWithValues.ToArbitrary(), pair =>
        {
            if (SchemaDialect.Gemini.Rewrite(Bytes(pair.Schema.GetRawText())).Names is not { } names) return;
            var there = names.ToUpstream(Bytes(pair.Value.GetRawText()));
            Assert.Equal(pair.Value.GetRawText(), Encoding.UTF8.GetString(names.ToClient(there)));
        }).Check(Runs.WithMaxTest(1000));

    // Deepest nesting of arrays.
    private static int ArraysIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => 1 + value.EnumerateArray().Select(ArraysIn).DefaultIfEmpty().Max(),
        JsonValueKind.Object => value.EnumerateObject().Select(member => ArraysIn(member.Value)).DefaultIfEmpty().Max(),
        _ => 0,
    };

    private static void AssertSubset(string schema) => Assert.Empty(GeminiSchemaSubset.Violations(JsonElement.Parse(Rewrite(schema))));

    private static void AssertStable(string schema)
    {
        var once = Rewrite(schema);
        Assert.Equal(once, Rewrite(once));
    }

    private static void AssertAccepts(RewrittenSchema rewritten, (JsonElement Schema, JsonElement Value) pair)
    {
        var value = rewritten.Names is { } names ? JsonElement.Parse(names.ToUpstream(Bytes(pair.Value.GetRawText()))) : pair.Value;
        var schema = SchemaGenerator.Element(GeminiSchemaSubset.AsJsonSchema(JsonElement.Parse(rewritten.Json.Span)));
        Assert.True(SchemaValidator.Accepts(schema, value), $"{pair.Value}\n{pair.Schema}\n{Encoding.UTF8.GetString(rewritten.Json.Span)}");
    }

    private static string Rewrite(string schema) => Encoding.UTF8.GetString(SchemaDialect.Gemini.Rewrite(Bytes(schema)).Json.Span);

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);
}
