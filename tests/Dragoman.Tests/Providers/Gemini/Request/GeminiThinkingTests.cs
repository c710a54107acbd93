using System.Text.Json;
using Dragoman.Providers.Gemini.Request;

namespace Dragoman.Tests.Providers.Gemini.Request;

public sealed class GeminiThinkingTests
{
    private const string Adaptive = "\"thinking\":{\"type\":\"adaptive\"},";
    private const string Omitted = "\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"},";
    private const string Disabled = "\"thinking\":{\"type\":\"disabled\"},";
    private const string Between = "\"thinking\":{\"type\":\"between_tools\"},";

    [Theory]
    [InlineData("gemini-2.5-flash", "", "{\"thinkingBudget\":0}", "")]
    [InlineData("gemini-2.5-flash", Disabled, "{\"thinkingBudget\":0}", "")]
    [InlineData("gemini-2.5-flash", Between, "{\"thinkingBudget\":0}", "thinking.between_tools=off")]
    [InlineData("gemini-2.5-flash", "EFFORT high", "{\"thinkingBudget\":0}", "effort=ignored")]
    [InlineData("gemini-2.5-flash", Adaptive, "{\"includeThoughts\":true,\"thinkingBudget\":-1}", "")]
    [InlineData("gemini-2.5-flash", Omitted, "{\"thinkingBudget\":-1}", "")]
    [InlineData("gemini-2.5-flash", Adaptive + "EFFORT low", "{\"includeThoughts\":true,\"thinkingBudget\":2048}", "")]
    [InlineData("gemini-2.5-flash", Adaptive + "EFFORT medium", "{\"includeThoughts\":true,\"thinkingBudget\":8192}", "")]
    [InlineData("gemini-2.5-flash", Adaptive + "EFFORT high", "{\"includeThoughts\":true,\"thinkingBudget\":-1}", "")]
    [InlineData("gemini-2.5-flash", Adaptive + "EFFORT max", "{\"includeThoughts\":true,\"thinkingBudget\":24576}", "")]
    [InlineData("gemini-2.5-flash", "BUDGET 31999", "{\"includeThoughts\":true,\"thinkingBudget\":24576}", "")]
    [InlineData("gemini-2.5-flash", "BUDGET 5000EFFORT low", "{\"includeThoughts\":true,\"thinkingBudget\":5000}", "effort=ignored")]
    [InlineData("gemini-2.5-pro", "", "{\"thinkingBudget\":128}", "")]
    [InlineData("gemini-2.5-pro", Disabled, "{\"thinkingBudget\":128}", "thinking.disabled=least_budget")]
    [InlineData("gemini-2.5-pro", "BUDGET 31999", "{\"includeThoughts\":true,\"thinkingBudget\":31999}", "")]
    [InlineData("gemini-3-flash-preview", "", "{\"thinkingLevel\":\"MINIMAL\"}", "")]
    [InlineData("gemini-3-flash-preview", Disabled, "{\"thinkingLevel\":\"MINIMAL\"}", "thinking.disabled=minimal")]
    [InlineData("gemini-3-flash-preview", Disabled + "EFFORT high", "{\"thinkingLevel\":\"MINIMAL\"}", "effort=ignored thinking.disabled=minimal")]
    [InlineData("gemini-3-flash-preview", "EFFORT medium", "{\"thinkingLevel\":\"MEDIUM\"}", "")]
    [InlineData("gemini-3-flash-preview", Adaptive, "{\"includeThoughts\":true}", "")]
    [InlineData("gemini-3-flash-preview", Adaptive + "EFFORT xhigh", "{\"includeThoughts\":true,\"thinkingLevel\":\"HIGH\"}", "")]
    [InlineData("gemini-3-flash-preview", Omitted + "EFFORT low", "{\"thinkingLevel\":\"LOW\"}", "")]
    [InlineData("gemini-3-flash-preview", "BUDGET 4000", "{\"includeThoughts\":true,\"thinkingLevel\":\"LOW\"}", "thinking.budget_tokens=level")]
    [InlineData("gemini-3-flash-preview", "BUDGET 10000", "{\"includeThoughts\":true,\"thinkingLevel\":\"MEDIUM\"}", "thinking.budget_tokens=level")]
    [InlineData("gemini-3-flash-preview", "BUDGET 31999", "{\"includeThoughts\":true,\"thinkingLevel\":\"HIGH\"}", "thinking.budget_tokens=level")]
    [InlineData("gemini-3-pro-preview", Adaptive + "EFFORT medium", "{\"includeThoughts\":true,\"thinkingLevel\":\"HIGH\"}", "effort=high")]
    [InlineData("gemini-3.1-pro-preview", Adaptive + "EFFORT medium", "{\"includeThoughts\":true,\"thinkingLevel\":\"MEDIUM\"}", "")]
    [InlineData("gemini-3.1-pro-preview", Disabled, "{\"thinkingLevel\":\"LOW\"}", "thinking.disabled=low")]
    [InlineData("gemini-4-argon", "", "{\"thinkingLevel\":\"LOW\"}", "")]
    [InlineData("gemini-2.0-flash", Adaptive, "", "thinking=ignored")]
    [InlineData("gemini-2.0-flash", "", "", "")]
    public void Is_asked_for_as_the_model_takes_it(string model, string fields, string expected, string degraded)
    {
        var own = fields;
        foreach (var effort in (string[])["low", "medium", "high", "xhigh", "max"]) own = own.Replace($"EFFORT {effort}", $"\"output_config\":{{\"effort\":\"{effort}\"}},", StringComparison.Ordinal);
        foreach (var budget in (string[])["31999", "10000", "5000", "4000"]) own = own.Replace($"BUDGET {budget}", $"\"thinking\":{{\"type\":\"enabled\",\"budget_tokens\":{budget}}},", StringComparison.Ordinal);
        var translated = RequestTranslation.Of($$"""{"model":"m","max_tokens":64000,{{own}}"messages":[{"role":"user","content":"a"}]}""", $$"""{"model":"{{model}}"}""");
        using var body = JsonDocument.Parse(translated.Body);
        Assert.Equal(expected, body.RootElement.GetProperty("generationConfig").TryGetProperty("thinkingConfig", out var config) ? config.GetRawText() : "");
        Assert.Equal(degraded, string.Join(' ', translated.Degraded.Where(entry => entry != "max_tokens=clamped")));
        Assert.Equal(expected.Contains("includeThoughts", StringComparison.Ordinal), translated.IncludesThoughts);
    }

    [Theory]
    [InlineData("gemini-2.5-pro", "Budget", false, false)]
    [InlineData("gemini-2.5-flash", "Budget", true, false)]
    [InlineData("models/gemini-2.5-flash-lite-preview-06-17", "Budget", true, false)]
    [InlineData("gemini-2.5-flash-image", "None", true, false)]
    [InlineData("gemini-2.0-flash-001", "None", true, false)]
    [InlineData("gemini-3-pro-preview", "Level", false, true)]
    [InlineData("gemini-3-flash-preview", "Level", true, true)]
    [InlineData("gemini-3.1-flash-lite-preview", "Level", true, true)]
    [InlineData("gemini-3.8-flash", "Level", true, true)]
    [InlineData("gemini-4-argon", "Level", false, true)]
    [InlineData("somebodys-tuned-model", "Level", false, true)]
    public void Models_are_known_by_their_names(string name, string thinking, bool canDisable, bool multimodalResults)
    {
        var traits = GeminiModelTraits.Of(name);
        Assert.Equal((name, thinking, canDisable, multimodalResults), (traits.Id, traits.Thinking.ToString(), traits.CanDisableThinking, traits.MultimodalResults));
        Assert.True(traits.Thinking != GeminiThinking.Budget || (traits.LeastBudget > 0 && traits.MostBudget > traits.LeastBudget));
    }
}
