using System.Text.Json;
using Dragoman.Providers.OpenAi;

namespace Dragoman.Tests.Providers.OpenAi;

public sealed class OpenAiDialectsTests
{
    private static readonly string[] Efforts = ["minimal", "low", "medium", "high", "xhigh", "max"];

    [Theory]
    [InlineData("https://api.openai.com/v1", "openai")]
    [InlineData("https://me.openai.azure.com/openai/v1", "openai")]
    [InlineData("https://openrouter.ai/api/v1", "openrouter")]
    [InlineData("https://api.deepseek.com", "deepseek")]
    [InlineData("https://api.groq.com/openai/v1", "groq")]
    [InlineData("https://api.mistral.ai/v1", "mistral")]
    [InlineData("https://api.z.ai/api/coding/paas/v4", "zai")]
    [InlineData("https://api.moonshot.cn/v1", "moonshot")]
    [InlineData("https://API.x.ai/v1", "xai")]
    [InlineData("https://api.together.xyz/v1", "together")]
    [InlineData("http://localhost:1234/v1", "lmstudio")]
    [InlineData("http://127.0.0.1:30000/v1", "sglang")]
    [InlineData("http://127.0.0.1:8000/v1", "generic")]
    [InlineData("http://elsewhere.example:1234/v1", "generic")]
    [InlineData("https://notapi.x.ai.example/v1", "generic")]
    [InlineData("https://evilapi.deepseek.com/v1", "generic")]
    public void A_server_is_known_by_its_address(string address, string dialect) => Assert.Equal(dialect, OpenAiDialects.At(new Uri(address)).Name);

    [Theory]
    [InlineData("vllm", "vllm")]
    [InlineData("llamacpp", "llamacpp")]
    [InlineData("sglang", "sglang")]
    [InlineData("organization_owner", null)]
    public void A_program_is_known_by_what_its_model_list_says(string owner, string? dialect) => Assert.Equal(dialect, OpenAiDialects.Owning(owner)?.Name);

    [Theory]
    [InlineData("gpt-4o", "Chat", "max_completion_tokens", 16_384)]
    [InlineData("gpt-4.1-mini", "Chat", "max_completion_tokens", 32_768)]
    [InlineData("gpt-4-turbo", "Chat", "max_completion_tokens", 4096)]
    [InlineData("gpt-5-chat-latest", "Chat", "max_completion_tokens", 16_384)]
    [InlineData("gpt-5", "Responses", "max_output_tokens", 128_000)]
    [InlineData("gpt-5.4", "Responses", "max_output_tokens", 128_000)]
    [InlineData("gpt-6.1-sol", "Responses", "max_output_tokens", 128_000)]
    [InlineData("gpt-5-codex", "Responses", "max_output_tokens", 128_000)]
    [InlineData("gpt-5.2-chat-latest", "Responses", "max_output_tokens", 16_384)]
    [InlineData("gpt-5.3-chat-latest", "Chat", "max_completion_tokens", 16_384)]
    [InlineData("o3", "Responses", "max_output_tokens", 100_000)]
    [InlineData("some-model-of-tomorrow", "Responses", "max_output_tokens", 128_000)]
    public void Openais_models_are_asked_by_the_api_that_takes_them(string model, string api, string field, int limit)
    {
        var dialect = OpenAiDialects.Named("openai")!.For(model);
        Assert.Equal((api, field, limit), (dialect.Api.ToString(), dialect.MaxTokensField, dialect.OutputLimit));
    }

    [Theory]
    [InlineData("openai", "gpt-5.2", "none")]
    [InlineData("openai", "gpt-5-nano", "minimal")]
    [InlineData("openai", "gpt-5-codex", null)]
    [InlineData("openai", "gpt-5.1", "none")]
    [InlineData("openai", "gpt-5.1-codex-mini", null)]
    [InlineData("openai", "gpt-5.2-codex", null)]
    [InlineData("openai", "gpt-5.3-codex", "none")]
    [InlineData("openai", "gpt-5.5-pro", null)]
    [InlineData("openai", "gpt-6-sol", "none")]
    [InlineData("openai", "gpt-6.1-sol", null)]
    [InlineData("openai", "gpt-6-astra", null)]
    [InlineData("openai", "o4-mini", null)]
    [InlineData("openrouter", "openai/o3", null)]
    [InlineData("openrouter", "anthropic/claude-sonnet-4.5", "none")]
    [InlineData("openrouter", "qwen/qwen3-235b-a22b-thinking-2507", null)]
    [InlineData("vllm", "openai/gpt-oss-20b", null)]
    [InlineData("vllm", "Qwen/Qwen3-32B", "false")]
    [InlineData("xai", "grok-4-1-fast-non-reasoning", null)]
    [InlineData("xai", "grok-4.5", null)]
    [InlineData("xai", "grok-4.3", "none")]
    [InlineData("moonshot", "kimi-k2.6", "disabled")]
    [InlineData("moonshot", "kimi-k2.7-code", null)]
    [InlineData("moonshot", "kimi-k3", null)]
    [InlineData("zai", "glm-5.2", "disabled")]
    [InlineData("localai", "qwen3-8b", "none")]
    [InlineData("together", "moonshotai/Kimi-K2.7-Code", null)]
    [InlineData("together", "deepseek-ai/DeepSeek-V4-Pro", "false")]
    public void Reasoning_is_switched_off_where_it_can_be(string dialect, string model, string? off)
    {
        var control = OpenAiDialects.Named(dialect)!.For(model).Reasoning;
        if (off is null) Assert.Null(control.Off);
        else Assert.Contains(off, control.Off, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", "gpt-5.2", "low medium high xhigh")]
    [InlineData("openai", "gpt-5.6-terra", "low medium high xhigh max")]
    [InlineData("openai", "gpt-6.1-sol", "low medium high xhigh max")]
    [InlineData("openai", "gpt-5.1-codex", "low medium high")]
    [InlineData("openai", "gpt-5.1-codex-max", "low medium high xhigh")]
    [InlineData("openai", "gpt-5.4-pro", "medium high xhigh")]
    [InlineData("openai", "gpt-5.2-chat-latest", "medium")]
    [InlineData("deepseek", "deepseek-flash", "low high max")]
    [InlineData("moonshot", "kimi-k3", "low high max")]
    [InlineData("moonshot", "kimi-k2.6", "")]
    [InlineData("zai", "glm-5.2", "high max")]
    [InlineData("zai", "glm-4.7", "")]
    [InlineData("xai", "grok-4.5", "low medium high")]
    [InlineData("xai", "grok-4.20-0309-reasoning", "")]
    [InlineData("xai", "grok-build-0.1", "")]
    [InlineData("together", "zai-org/GLM-5.2", "high max")]
    [InlineData("together", "zai-org/GLM-5.1", "")]
    public void Each_model_is_told_efforts_that_it_knows(string dialect, string model, string efforts) =>
        Assert.Equal(efforts, string.Join(' ', OpenAiDialects.Named(dialect)!.For(model).Reasoning.Efforts));

    [Theory]
    [InlineData("deepseek", "deepseek-flash", true)]
    [InlineData("deepseek", "deepseek-v4-pro", false)]
    [InlineData("zai", "glm-5v-turbo", true)]
    [InlineData("zai", "glm-5.2", false)]
    public void Images_go_where_they_are_taken(string dialect, string model, bool images) => Assert.Equal(images, OpenAiDialects.Named(dialect)!.For(model).Images);

    [Fact]
    public void Every_row_is_sound()
    {
        Assert.Equal(16, OpenAiDialects.All.Count);
        Assert.Equal(OpenAiDialects.All.Count, OpenAiDialects.All.Select(dialect => dialect.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(OpenAiDialects.All.SelectMany(Variants), AssertSound);
    }

    // The row itself, and what each of its rules makes of it.
    private static IEnumerable<OpenAiDialect> Variants(OpenAiDialect dialect) => [dialect, .. dialect.Rules.Select(rule => rule.Change(dialect))];

    private static void AssertSound(OpenAiDialect dialect)
    {
        string?[] texts = [dialect.Reasoning.On, dialect.Reasoning.Off, dialect.Reasoning.Budget, dialect.Reasoning.OnUnseen, dialect.Extra];
        Assert.All(texts.OfType<string>(), text => Assert.Equal(JsonValueKind.Object, JsonElement.Parse(text.Replace("$budget", "1", StringComparison.Ordinal)).ValueKind));
        Assert.All(dialect.Reasoning.Efforts, effort => Assert.Contains(effort, Efforts));
        // The words are in order, and there are some exactly where one is said.
        Assert.Equal(dialect.Reasoning.Efforts.OrderBy(effort => Array.IndexOf(Efforts, effort)), dialect.Reasoning.Efforts);
        Assert.Equal(dialect.Reasoning.On?.Contains("$effort", StringComparison.Ordinal) == true, dialect.Reasoning.Efforts.Count > 0);
        Assert.Equal(dialect.Api == OpenAiApi.Responses, dialect.MaxTokensField == "max_output_tokens");
        if (dialect.ReasoningReturn == ReasoningReturn.Items) Assert.Equal(OpenAiApi.Responses, dialect.Api);
        if (dialect.SystemRole == "instructions") Assert.Equal(OpenAiApi.Responses, dialect.Api);
        if (dialect.ForcedCallEndsReasoning) Assert.NotNull(dialect.Reasoning.Off ?? (dialect.Reasoning.Reasons == false ? "" : null));
    }
}
