using System.Text;
using System.Text.Json;

namespace Dragoman.Tests.Providers.Gemini.Request;

/// <summary>Requests that Claude Code sent, with its real tools.</summary>
public sealed class ClaudeCodeRequestTests
{
    public static TheoryData<string> Names =>
        [.. CaseFolder.ClaudeCode.Files().Where(file => file.StartsWith("claude-code-", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recorded_request_keeps_the_rules_of_every_model_and_flavour(string name)
    {
        var request = Encoding.UTF8.GetString(CaseFolder.ClaudeCode.Read(name, ".json")!);
        // Requests that only count say nothing of the answer's length.
        if (!request.Contains("\"max_tokens\"", StringComparison.Ordinal)) request = "{\"max_tokens\":100," + request[1..];
        foreach (var model in (string[])["gemini-2.5-flash", "gemini-2.5-pro", "gemini-3-flash-preview", "gemini-3.1-pro-preview"])
        {
            foreach (var flavour in (string[])["vertexExpress", "vertex", "geminiApi"])
            {
                var translated = RequestTranslation.Of(request, $$"""{"model":"{{model}}","flavour":"{{flavour}}","labels":true,"safety":"OFF"}""");
                Assert.Empty(GeminiBodyRules.Violations(translated.Body));
            }
        }
    }

    [Fact]
    public void A_title_is_held_to_its_schema()
    {
        using var body = JsonDocument.Parse(RequestTranslation.Of(Encoding.UTF8.GetString(CaseFolder.ClaudeCode.Read("claude-code-title", ".json")!)).Body);
        var config = body.RootElement.GetProperty("generationConfig");
        Assert.Equal("application/json", config.GetProperty("responseMimeType").GetString());
        Assert.Equal("""{"type":"OBJECT","properties":{"title":{"type":"STRING"}},"required":["title"]}""", config.GetProperty("responseSchema").GetRawText());
    }

    [Fact]
    public void A_web_search_is_a_call_of_its_own()
    {
        var translated = RequestTranslation.Of(Encoding.UTF8.GetString(CaseFolder.ClaudeCode.Read("claude-code-web-search", ".json")!));
        using var body = JsonDocument.Parse(translated.Body);
        Assert.Equal("""[{"googleSearch":{}}]""", body.RootElement.GetProperty("tools").GetRawText());
        Assert.False(body.RootElement.TryGetProperty("toolConfig", out _));
        Assert.Equal("web_search", translated.WebSearch?.SearchTool);
    }
}
