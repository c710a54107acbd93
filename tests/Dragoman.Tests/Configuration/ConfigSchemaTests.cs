using System.Text.Json;

namespace Dragoman.Tests.Configuration;

/// <summary>The schema that is shipped is the one that is checked, all of it.</summary>
public sealed class ConfigSchemaTests
{
    [Fact]
    public void Every_keyword_of_the_schema_is_one_that_the_checker_knows()
    {
        var used = new SortedSet<string>(StringComparer.Ordinal);
        Collect(ConfigSchema.Root, used);
        Assert.True(used.Count > 10);
        Assert.Empty(used.Except(SchemaCheck.Keywords, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("port", "prot", "port", "host")]
    [InlineData("apiKey", "api_key", "url", "apiKey", "type")]
    [InlineData("numCtx", "num_ctx", "numCtx", "keepAlive")]
    [InlineData("timeoutSeconds", "timeout", "maxBytes", "timeoutSeconds")]
    [InlineData("models", "model", "models", "host")]
    [InlineData("ollama", "olama", "gemini", "ollama")]
    [InlineData("url", "ulr", "type", "url")]
    [InlineData(null, "proxy", "port", "host", "key")]
    [InlineData(null, "ab", "cd", "type")]
    [InlineData(null, "x")]
    public void The_name_that_was_meant_is_found(string? meant, string written, params string[] known) => Assert.Equal(meant, NearestName.Of(written, known));

    // Names of settings are not keywords.
    private static void Collect(JsonElement schema, SortedSet<string> used)
    {
        if (schema.ValueKind != JsonValueKind.Object) return;
        foreach (var keyword in schema.EnumerateObject())
        {
            used.Add(keyword.Name);
            if (keyword.Name is "properties" or "$defs")
            {
                foreach (var named in keyword.Value.EnumerateObject()) Collect(named.Value, used);
            }
            else if (keyword.Name is "anyOf" or "oneOf")
            {
                foreach (var branch in keyword.Value.EnumerateArray()) Collect(branch, used);
            }
            else if (keyword.Name is "items" or "additionalProperties")
            {
                Collect(keyword.Value, used);
            }
        }
    }
}
