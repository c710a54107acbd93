using System.Net;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.Tests.Upstreams;

/// <summary>Which schemas of a function the simulated Gemini takes.</summary>
public sealed class SimulatedGeminiSchemaTests
{
    private const string At = "at 'tools[0].function_declarations[0].parameters";

    [Theory]
    [InlineData("""{"type":"OBJECT","$schema":"x"}""", $"Unknown name \"$schema\" {At}': Cannot find field.")]
    [InlineData("""{"type":"OBJECT","additionalProperties":false}""", $"Unknown name \"additionalProperties\" {At}': Cannot find field.")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":"STRING"},"b":{"type":"INTEGER","exclusiveMinimum":0}}}""", $"Unknown name \"exclusiveMinimum\" {At}.properties[1].value': Cannot find field.")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":"ARRAY","items":{"const":1}}}}""", $"Unknown name \"const\" {At}.properties[0].value.items': Cannot find field.")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"oneOf":[]}}}""", $"Unknown name \"oneOf\" {At}.properties[0].value': Cannot find field.")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"$ref":"#/$defs/a"}}}""", "Unknown name \"$ref\"")]
    [InlineData("""{"type":"OBJECT","propertyNames":{"pattern":"a"}}""", "Unknown name \"propertyNames\"")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":["STRING","NULL"]}}}""", $"Unknown name \"type\" {At}.properties[0].value': Proto field is not repeating, cannot start list.")]
    [InlineData("""{"type":"OBJECT","properties":{"a":true}}""", $"Invalid value {At}.properties[0].value' (type.googleapis.com/google.ai.generativelanguage.v1beta.Schema), true")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":"INTEGER","enum":[1]}}}""", $"Invalid value {At}.properties[0].value.enum[0]' (TYPE_STRING), 1")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":"INTEGER","enum":["1"]}}}""", "* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[a].enum: only allowed for STRING type\n")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":"STRING","enum":[""]}}}""", "parameters.properties[a].enum[0]: cannot be empty")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":"STRING","format":"uri"}}}""", "parameters.properties[a].format: only 'enum' and 'date-time' are supported for STRING type")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":"ARRAY"}}}""", "parameters.properties[a].items: missing field.")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"description":"x"}}}""", "parameters.properties[a].type: must be specified when not using one_of, any_of or all_of fields")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":"STRING"}},"required":["a","b"]}""", "parameters.required[1]: property is not defined")]
    [InlineData("""{"type":"OBJECT","properties":{"a-b":{"type":"STRING"}}}""", "parameters.properties[a-b]: the key may only contain")]
    [InlineData("""{"type":"STRING"}""", "parameters.type: must be OBJECT")]
    public async Task Refuses_parameters(string parameters, string text)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        Assert.Contains(text, await client.RefusalAsync(With("parameters", parameters)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_unknown_name_is_reported()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var message = await client.RefusalAsync(With("parameters", """{"type":"OBJECT","$schema":"x","additionalProperties":false,"properties":{"a":{"const":1}}}"""));
        Assert.Equal(3, message.Split('\n').Length);
    }

    [Theory]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"anyOf":[{"type":"STRING"},{"type":"NULL"}],"description":"x"}}}""", "`f` functionDeclaration `parameters.a` schema specified other fields alongside any_of. When using any_of, it must be the only field set.")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"properties":{"b":{}}}}}""", "`f` functionDeclaration `parameters.a` schema didn't specify the schema type field.")]
    [InlineData("""{"type":"STRING"}""", "`f` functionDeclaration `parameters` schema should be of type OBJECT.")]
    public async Task Vertex_refuses_parameters_in_a_sentence(string parameters, string text)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        client.Flavour = ApiFlavour.Vertex;
        var message = await client.RefusalAsync(With("parameters", parameters));
        Assert.StartsWith("Unable to submit request because ", message, StringComparison.Ordinal);
        Assert.Contains(text, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("parameters", """{"type":"object","properties":{"a":{"type":"string","nullable":true,"enum":["x"],"description":"d"},"b":{"type":"array","items":{"type":"integer","format":"int32","minimum":1},"minItems":"1"},"c":{"anyOf":[{"type":"NUMBER"},{"type":"NULL"}]},"d":{"type":"OBJECT"}},"required":["a"],"propertyOrdering":["a","b"]}""")]
    [InlineData("parametersJsonSchema", """{"type":"object","properties":{"a":{"type":["string","null"]},"b":{"$ref":"#/$defs/x"}},"$defs":{"x":{"oneOf":[{"type":"integer"}]}},"additionalProperties":false,"required":["a"]}""")]
    public async Task Takes_what_is_documented(string field, string schema)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        foreach (var flavour in Enum.GetValues<ApiFlavour>())
        {
            client.Flavour = flavour;
            var (status, body) = await client.AskAsync("generateContent", With(field, schema));
            Assert.True(status == HttpStatusCode.OK, body);
        }
    }

    [Fact]
    public async Task Parameters_as_json_schema_have_fewer_keywords_too()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        Assert.Contains(
            "Unknown name \"const\" at 'tools[0].function_declarations[0].parameters_json_schema.properties.a'",
            await client.RefusalAsync(With("parametersJsonSchema", """{"type":"object","properties":{"a":{"const":1}}}""")),
            StringComparison.Ordinal);
        Assert.Contains(
            "Only one of parameters and parameters_json_schema",
            await client.RefusalAsync(GeminiClient.Ask("hi", ""","tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT"},"parametersJsonSchema":{}}]}]""")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_model_wants_properties_in_every_object()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        Assert.Contains("should be non-empty for OBJECT type", await client.RefusalAsync(With("parameters", """{"type":"OBJECT","properties":{}}"""), "gemini-2.0-flash"), StringComparison.Ordinal);
    }

    private static string With(string field, string schema) => GeminiClient.Ask("hi", $$$""","tools":[{"functionDeclarations":[{"name":"f","{{{field}}}":{{{schema}}}}]}]""");
}
