using System.Text;
using System.Text.Json;
using Dragoman.Tools;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Tools.Schemas;

public sealed class SchemaDialectProperties
{
    private static readonly Config Runs = Seeded.Config.WithMaxTest(1000);

    [Fact]
    public void Every_schema_comes_out_inside_what_ollama_keeps()
    {
        Prop.ForAll(SchemaGenerator.Schemas.Select(schema => schema.ToJsonString()).ToArbitrary(), AssertSubset).Check(Runs);
        Prop.ForAll(SchemaGenerator.Values.Select(value => value?.ToJsonString() ?? "null").ToArbitrary(), AssertSubset).Check(Runs);

        static void AssertSubset(string schema) => Assert.Empty(OllamaSchemaSubset.Violations(JsonElement.Parse(Rewrite(schema))));
    }

    [Fact]
    public void Odd_keyword_values_come_out_inside_what_ollama_keeps()
    {
        Prop.ForAll(SchemaGenerator.Oddities.ToArbitrary(), schema =>
        {
            var once = Rewrite(schema);
            Assert.Empty(OllamaSchemaSubset.Violations(JsonElement.Parse(once)));
            Assert.Equal(once, Rewrite(once));
        }).Check(Runs);
    }

    [Fact]
    public void A_second_rewrite_changes_nothing() =>
        Prop.ForAll(SchemaGenerator.Schemas.Select(schema => schema.ToJsonString()).ToArbitrary(), schema =>
        {
            var once = Rewrite(schema);
            Assert.Equal(once, Rewrite(once));
        }).Check(Runs);

    [Fact]
    public void Every_object_that_the_original_accepts_is_still_accepted()
    {
        var accepted = 0;
        Prop.ForAll(SchemaGenerator.SchemasWithValues.ToArbitrary(), pair =>
        {
            if (pair.Value.ValueKind != JsonValueKind.Object || !SchemaValidator.Accepts(pair.Schema, pair.Value))
                return;
            accepted++;
            var rewritten = Rewrite(pair.Schema.GetRawText());
            Assert.True(SchemaValidator.Accepts(JsonElement.Parse(rewritten), pair.Value), $"{pair.Value}\n{pair.Schema}\n{rewritten}");
        }).Check(Runs.WithMaxTest(3000));

        // Without enough values that fit, the property would hold for lack of cases.
        Assert.InRange(accepted, 300, 3000);
    }

    private static string Rewrite(string schema) => Encoding.UTF8.GetString(SchemaDialect.Ollama.Rewrite(Encoding.UTF8.GetBytes(schema)).Json.Span);
}
