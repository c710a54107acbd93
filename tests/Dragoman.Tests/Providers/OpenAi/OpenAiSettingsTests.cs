using System.Text.Json;
using Dragoman.Providers.OpenAi;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>The provider's section of the configuration.</summary>
public sealed class OpenAiSettingsTests
{
    [Theory]
    [InlineData("up", "\"url\":\"https://openrouter.ai/api/v1\"", "https://openrouter.ai/api/v1/")]
    [InlineData("up", "\"url\":\"https://openrouter.ai/api/v1/chat/completions\"", "https://openrouter.ai/api/v1/")]
    [InlineData("up", "\"url\":\"https://api.openai.com/v1/responses/\"", "https://api.openai.com/v1/")]
    [InlineData("up", "\"url\":\"http://localhost:1234\"", "http://localhost:1234/v1/")]
    [InlineData("up", "\"url\":\"localhost:8000\"", "http://localhost:8000/v1/")]
    [InlineData("up", "\"url\":\"llm.example/v1\"", "https://llm.example/v1/")]
    [InlineData("up", "\"url\":\"https://x.example/openai/v1?api-version=preview\"", "https://x.example/openai/v1/?api-version=preview")]
    [InlineData("openrouter", "", "https://openrouter.ai/api/v1/")]
    [InlineData("up", "\"dialect\":\"groq\"", "https://api.groq.com/openai/v1/")]
    [InlineData("openai", "", "https://api.openai.com/v1/")]
    public void The_address_is_what_people_write(string name, string section, string expected) => Assert.Equal(expected, Read(name, section).BaseAddress(name).ToString());

    [Theory]
    [InlineData("\"dialect\":\"klingon\"", "there is no dialect 'klingon'. Known: openai, ")]
    [InlineData("\"urls\":\"x\"", "there is no setting 'urls'")]
    [InlineData("\"headers\":{\"a b\":\"x\"}", "'a b' is no header's name")]
    [InlineData("\"headers\":{\"a\":\"x\\ny\"}", "one line")]
    [InlineData("\"body\":[1]", "providers.up.body: expected a JSON object")]
    [InlineData("\"models\":{\"m\":{\"contextTokens\":0}}", "providers.up.models.m")]
    [InlineData("\"models\":{\"m\":{\"dialect\":\"x\"}}", "providers.up.models.m.dialect")]
    [InlineData("\"api\":\"telex\"", "providers.up")]
    public void What_is_wrong_is_said(string section, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => Read("up", section)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_address_is_needed_where_none_is_known() =>
        Assert.Contains("providers.up.url", Assert.Throws<ConfigException>(() => Read("up", "").BaseAddress("up")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ftp://x")]
    [InlineData("http://")]
    public void What_is_no_address_is_refused(string url) => Assert.Throws<ConfigException>(() => Read("up", $"\"url\":\"{url}\"").BaseAddress("up"));

    [Fact]
    public void A_key_with_a_strange_character_is_refused_without_being_told()
    {
        var settings = Read("up", "\"url\":\"http://localhost/v1\",\"apiKey\":\"sk-sécret\"");
        Assert.DoesNotContain("sécret", Assert.Throws<ConfigException>(() => settings.Keys("up", new Uri("http://localhost/v1/"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_has_every_dialect()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "dragoman.schema.json"))) folder = folder.Parent!;
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.FullName, "dragoman.schema.json")));
        var section = schema.RootElement.GetProperty("$defs").GetProperty("openai").GetProperty("properties");
        var model = section.GetProperty("models").GetProperty("additionalProperties").GetProperty("properties");
        foreach (var dialect in (JsonElement[])[section.GetProperty("dialect"), model.GetProperty("dialect")])
        {
            Assert.Equal(OpenAiDialects.All.Select(known => known.Name), dialect.GetProperty("enum").EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!));
        }
    }

    private static OpenAiSettings Read(string name, string section) => OpenAiSettings.Read(name, Json($"{{{section}}}"));

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}
