using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Tests.Tools.Schemas;
using Dragoman.Tools;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Tools;

public sealed class ArgumentProperties
{
    private static readonly Config Runs = Seeded.Config.WithMaxTest(1000);

    [Fact]
    public void Repair_yields_an_object_for_any_text()
    {
        var fragments = Gen.Elements(
            "{", "}", "[", "]", "\"", "'", ":", ",", "\\", "\\\"", "\\u12", "\n", "a", "True", "null", "1", "-", ".", "e", "//", "/*", "#", "```", "“", "”", " ", "\uD800",
            "\0");
        var soup = Gen.Choose(0, 25).SelectMany(count => Gen.ListOf(fragments, count)).Select(string.Concat);

        Prop.ForAll(soup.Select(text => "{" + text).ToArbitrary(), AssertObject).Check(Runs.WithMaxTest(5000));
        Prop.ForAll(soup.ToArbitrary(), AssertObject).Check(Runs);
        Prop.ForAll<string?>(text => AssertObject(text ?? "")).Check(Runs);

        static void AssertObject(string text)
        {
            AssertIsObject(ArgumentRepair.RepairText(text).Json);
            AssertIsObject(ArgumentRepair.Repair(Encoding.UTF8.GetBytes(text)).Json);
        }
    }

    [Fact]
    public void Repair_yields_an_object_for_any_bytes() =>
        Prop.ForAll<byte[]>(bytes => AssertIsObject(ArgumentRepair.Repair(bytes).Json)).Check(Runs);

    [Fact]
    public void Repair_recovers_an_object_from_documented_damage()
    {
        var damaged =
            from value in DamagedJson.Objects
            from damage in DamagedJson.Damages
            select (Original: value.ToJsonString(), Text: damage.Apply(value));

        Prop.ForAll(damaged.ToArbitrary(), pair =>
        {
            var repaired = ArgumentRepair.RepairText(pair.Text);
            Assert.NotEqual(ArgumentRepairKind.Raw, repaired.Kind);
            Assert.True(
                JsonElement.DeepEquals(JsonElement.Parse(pair.Original), JsonElement.Parse(repaired.Json.Span)),
                $"{pair.Original}\n{pair.Text}\n{Encoding.UTF8.GetString(repaired.Json.Span)}");
        }).Check(Runs.WithMaxTest(3000));
    }

    [Fact]
    public void Repair_takes_linear_time_for_hostile_text()
    {
        // Quadratic work on this much text would take minutes.
        const int Length = 2_000_000;
        foreach (var hostile in (string[])["{", "[", "{\"a\":[", "\\\"", "{'", "/*", "{\"a\":\"\\u0", "{a:1}", "\"", "```"])
            AssertIsObject(ArgumentRepair.RepairText(string.Concat("{\"a\":1 ", string.Concat(Enumerable.Repeat(hostile, Length / hostile.Length)))).Json);
    }

    [Fact]
    public void Coercion_leaves_values_that_fit()
    {
        var fitting = 0;
        Prop.ForAll(SchemaGenerator.SchemasWithValues.ToArbitrary(), pair =>
        {
            ReadOnlyMemory<byte> arguments = Encoding.UTF8.GetBytes(pair.Value.GetRawText());
            if (!SchemaValidator.Accepts(pair.Schema, pair.Value))
                return;
            fitting++;
            var coerced = ArgumentCoercion.Coerce(arguments, Encoding.UTF8.GetBytes(pair.Schema.GetRawText()));
            Assert.True(coerced.Json.Equals(arguments), $"{pair.Value}\n{pair.Schema}\n{string.Join("; ", coerced.Changes)}");
        }).Check(Runs.WithMaxTest(3000));

        Assert.InRange(fitting, 300, 3000);
    }

    [Fact]
    public void Coercion_yields_an_object_for_any_schema()
    {
        var odd =
            from schema in Gen.OneOf(SchemaGenerator.Schemas.Select(schema => (JsonNode?)schema), SchemaGenerator.Values)
            from value in SchemaGenerator.Values
            select (Schema: Encoding.UTF8.GetBytes(schema?.ToJsonString() ?? ""), Value: new JsonObject { ["a"] = value?.DeepClone(), ["b"] = value?.ToJsonString() });

        Prop.ForAll(odd.ToArbitrary(), pair =>
        {
            var once = ArgumentCoercion.Coerce(Encoding.UTF8.GetBytes(pair.Value.ToJsonString()), pair.Schema);
            AssertIsObject(once.Json);
        }).Check(Runs);
    }

    private static void AssertIsObject(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
    }
}
