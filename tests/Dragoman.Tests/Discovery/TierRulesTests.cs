using System.Text.Json;
using Dragoman.Discovery;
using Dragoman.Providers;

namespace Dragoman.Tests.Discovery;

/// <summary>Which model stands for which tier: a row of a test for each row of the two tables of rules.</summary>
public sealed class TierRulesTests
{
    private static readonly MachineMemory Memory = new(64L << 30, GraphicsBytes: 0);

    // The models as "name[!notools][!remote][@context]"; what opus and haiku must get. Their sizes are known by their names alone.
    [Theory]
    [InlineData("calls tools", "small:4b deepseek:32b!notools", "small:4b", "small:4b")]
    [InlineData("runs on this machine", "qwen3:8b qwen3-coder:480b!remote", "qwen3:8b", "qwen3:8b")]
    [InlineData("fits into memory", "qwen3:8b glm:355b", "qwen3:8b", "qwen3:8b")]
    [InlineData("has room for an agent's prompt", "gemma3:27b@8192 qwen3:14b@40960", "qwen3:14b", "qwen3:14b")]
    [InlineData("is no family that fails as an agent", "llama3.3:60b qwen3:14b", "qwen3:14b", "qwen3:14b")]
    [InlineData("is no family that fails as an agent, in a file's name", "Llama-3.3-60B-Q4_K_M codestral-22B qwen3:14b", "qwen3:14b", "qwen3:14b")]
    [InlineData("is made for code", "qwen3:32b qwen3-coder:30b", "qwen3-coder:30b", "qwen3-coder:30b")]
    [InlineData("is a good agent", "qwen3:32b gpt-oss:20b", "gpt-oss:20b", "gpt-oss:20b")]
    [InlineData("is made for code, and not tiny", "qwen3:32b tiny-coder:1.5b", "qwen3:32b", "qwen3:32b")]
    [InlineData("is the largest", "qwen3:14b qwen3:32b qwen3:4b", "qwen3:32b", "qwen3:4b")]
    [InlineData("is the newest", "alpha beta", "beta", "beta")]
    [InlineData("a small one fits beside the large one", "qwen3:65b qwen3:8b", "qwen3:65b", "qwen3:65b")]
    [InlineData("small, but not tiny", "qwen3:32b qwen3:0.6b", "qwen3:32b", "qwen3:32b")]
    [InlineData("the larger of the small ones", "qwen3:32b qwen3:4b qwen3:8b", "qwen3:32b", "qwen3:8b")]
    [InlineData("of the small ones not those that fail", "qwen3:32b llama3.2:3b qwen3:4b", "qwen3:32b", "qwen3:4b")]
    public void Each_rule_decides_when_those_before_it_do_not(string rule, string models, string opus, string haiku)
    {
        var tiers = TierRules.Choose([Local("ollama", models)], Memory);
        Assert.Equal([("opus", $"ollama/{opus}"), ("sonnet", $"ollama/{opus}"), ("haiku", $"ollama/{haiku}")], tiers.Select(tier => (tier.Name, tier.Target.ToString())));
        Assert.NotEmpty(rule);
    }

    [Fact]
    public void Every_rule_says_why()
    {
        Assert.Equal(TierRules.ForLarge.Count, TierRules.ForLarge.Select(rule => rule.Why).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(TierRules.ForSmall.Count, TierRules.ForSmall.Select(rule => rule.Why).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_model_that_is_loaded_already_fits_into_whatever_memory_its_server_has()
    {
        var tiers = TierRules.Choose([Local("ollama", "qwen3:8b"), Local("vllm", "glm-5.2-355b")], Memory);
        Assert.Equal(["vllm/glm-5.2-355b", "vllm/glm-5.2-355b", "ollama/qwen3:8b"], tiers.Select(tier => tier.Target.ToString()));
    }

    [Fact]
    public void The_memory_of_another_machine_is_not_that_of_this_one()
    {
        var far = Local("ollama", "qwen3:8b glm:355b") with { IsElsewhere = true };
        Assert.Equal("ollama/glm:355b", TierRules.Choose([far], Memory)[0].Target.ToString());
    }

    [Fact]
    public void What_a_server_tells_of_a_model_s_memory_counts_before_its_name()
    {
        var finding = Local("ollama", "glm:355b qwen3:32b qwen3:8b");
        finding = finding with { Models = [finding.Models[0] with { MemoryBytes = 40L << 30 }, finding.Models[1] with { SizeBytes = 60L << 30 }, finding.Models[2]] };
        Assert.Equal("ollama/glm:355b", TierRules.Choose([finding], Memory)[0].Target.ToString());
        Assert.Equal("ollama/qwen3:8b", TierRules.Choose([finding with { Models = [.. finding.Models.Skip(1)] }], Memory)[0].Target.ToString());
    }

    [Fact]
    public void Models_of_all_servers_on_the_machine_compete()
    {
        var tiers = TierRules.Choose([Local("ollama", "qwen3:8b"), Local("vllm", "qwen3-coder-30b")], Memory);
        Assert.Equal(["vllm/qwen3-coder-30b", "vllm/qwen3-coder-30b", "ollama/qwen3:8b"], tiers.Select(tier => tier.Target.ToString()));
    }

    [Fact]
    public void A_key_that_lies_about_does_not_displace_a_server_that_runs()
    {
        var tiers = TierRules.Choose([Local("ollama", "tinyllama!notools"), Service("gemini", "gemini-3.1-pro-preview")], Memory);
        Assert.All(tiers, tier => Assert.Equal("ollama", tier.Target.Provider));
    }

    [Fact]
    public void A_server_without_models_displaces_no_key()
    {
        var empty = Local("ollama", "") with { Problem = "has no models" };
        Assert.All(TierRules.Choose([empty, Service("groq", "openai/gpt-oss-120b openai/gpt-oss-20b")], Memory), tier => Assert.Equal("groq", tier.Target.Provider));
    }

    [Theory]
    [InlineData("openai", "gpt-4.1 gpt-5.4 gpt-5.4-mini gpt-5.4-pro gpt-5.1 text-whatever", "gpt-5.4", "gpt-5.4-mini")]
    [InlineData("openai", "gpt-5.6 gpt-6-sol gpt-6.1-sol gpt-6-astra gpt-6-luna gpt-realtime-2 gpt-4o-mini-transcribe", "gpt-6.1-sol", "gpt-6-luna")]
    [InlineData("openrouter", "x/huge anthropic/claude-sonnet-4.5 anthropic/claude-haiku-4.5", "anthropic/claude-sonnet-4.5", "anthropic/claude-haiku-4.5")]
    [InlineData("deepseek", "deepseek-flash deepseek-v4-pro", "deepseek-flash", "deepseek-flash")]
    [InlineData("deepseek", "deepseek-v4-flash deepseek-v4-pro", "deepseek-v4-pro", "deepseek-v4-flash")]
    [InlineData("groq", "llama-3.1-8b-instant openai/gpt-oss-120b openai/gpt-oss-20b", "openai/gpt-oss-120b", "openai/gpt-oss-20b")]
    [InlineData("mistral", "mistral-small-latest mistral-large-2512 mistral-medium-2508 mistral-medium-2604 devstral-latest", "mistral-medium-2604", "mistral-small-latest")]
    [InlineData("mistral", "mistral-small-latest mistral-medium-2508 devstral-medium-latest", "devstral-medium-latest", "mistral-small-latest")]
    [InlineData("zai", "glm-4.5-air glm-4.7-flash glm-4.7 glm-5.2 glm-5-turbo glm-5v-turbo", "glm-5.2", "glm-4.5-air")]
    [InlineData("zai", "glm-4.5-air glm-5.3 glm-5.3-flash", "glm-5.3", "glm-5.3-flash")]
    [InlineData("zhipu", "glm-4.7 glm-4.5-air", "glm-4.7", "glm-4.5-air")]
    [InlineData("moonshot", "kimi-k2.6 kimi-k2.7-code kimi-k2.7-code-highspeed kimi-k3", "kimi-k3", "kimi-k2.6")]
    [InlineData("xai", "grok-4.3 grok-4.5 grok-build-0.1 grok-imagine-image grok-4.20-multi-agent-0309", "grok-4.5", "grok-build-0.1")]
    [InlineData("together", "zai-org/GLM-5.2 Qwen/Qwen3.5-9B openai/gpt-oss-20b", "zai-org/GLM-5.2", "Qwen/Qwen3.5-9B")]
    [InlineData("ollama-cloud", "gpt-oss:20b!remote qwen3-coder:480b!remote", "qwen3-coder:480b", "qwen3-coder:480b")]
    public void Each_service_has_models_for_the_tiers(string service, string models, string sonnet, string haiku)
    {
        var tiers = TierRules.Choose([Service(service, models)], Memory);
        Assert.Equal([$"{service}/{sonnet}", $"{service}/{sonnet}", $"{service}/{haiku}"], tiers.Select(tier => tier.Target.ToString()));
    }

    [Fact]
    public void What_a_provider_itself_says_of_the_tiers_comes_first()
    {
        var finding = Service("gemini", "gemini-a gemini-b");
        finding = finding with { Models = [finding.Models[0] with { StandsFor = ["opus"] }, finding.Models[1] with { StandsFor = ["sonnet", "haiku"] }] };
        Assert.Equal(["gemini/gemini-a", "gemini/gemini-b", "gemini/gemini-b"], TierRules.Choose([finding], Memory).Select(tier => tier.Target.ToString()));
    }

    [Fact]
    public void Anthropic_is_asked_by_Claudes_own_names() => Assert.Empty(TierRules.Choose([Service("anthropic", "claude-opus-5-5")], Memory));

    [Theory]
    [InlineData("qwen3:0.6b", 0.6)]
    [InlineData("Qwen3-30B-A3B-Instruct", 30)]
    [InlineData("gpt-oss-120b-MXFP4", 120)]
    [InlineData("llama3.1:latest", 0)]
    [InlineData("gpt-4o", 0)]
    public void The_size_of_a_model_is_read_from_its_name_when_its_server_says_none(string name, double billions) => Assert.Equal(billions, TierRules.Billions(new ModelInfo { Name = name }));

    [Fact]
    public void What_was_found_becomes_ordinary_settings()
    {
        var findings = new[] { Local("ollama", "qwen3:8b"), Service("gemini", "gemini-x"), Service("xai", "grok-4") with { Problem = "the key was refused" } };
        var options = new DragomanOptions();
        new Discovered(findings, TierRules.Choose(findings, Memory)).Apply(options);
        Assert.Equal(["ollama", "gemini"], options.Providers.Keys);
        Assert.Equal(["claude-*opus*", "claude-*sonnet*", "claude-*haiku*"], options.Models.Keys);
        Assert.All(options.Models.Values, value => Assert.Equal("ollama/qwen3:8b", value.GetString()));
        Assert.Equal(("ollama/qwen3:8b", true), (options.DefaultModel, options.UpstreamChosen));
    }

    [Fact]
    public void A_default_model_that_the_user_chose_stays()
    {
        var findings = new[] { Local("ollama", "qwen3:8b qwen3:4b") };
        var options = new DragomanOptions { DefaultModel = "qwen3:4b" };
        new Discovered(findings, TierRules.Choose(findings, Memory)).Apply(options);
        Assert.Equal(("qwen3:4b", 0), (options.DefaultModel, options.Models.Count));
    }

    [Fact]
    public void Where_nobody_answers_nothing_changes()
    {
        var options = new DragomanOptions();
        new Discovered([Local("ollama", "") with { Problem = "not running" }], []).Apply(options);
        Assert.False(options.UpstreamChosen || options.Providers.Count > 0);
    }

    private static Finding Local(string name, string models) => Of(Sources.Servers.First(source => source.Name == name), models);

    private static Finding Service(string name, string models) => Of(Sources.Services.First(source => source.Name == name), models);

    private static Finding Of(Source source, string models)
    {
        var infos = models.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((text, index) => Model(text) with { CreatedAt = DateTimeOffset.UnixEpoch.AddDays(source.IsLocal ? index : 0) });
        return new Finding(source, JsonDocument.Parse("{}").RootElement, "here", [.. infos], Problem: null);
    }

    private static ModelInfo Model(string text) => new()
    {
        Name = text.Split('!', '@')[0],
        Tools = !text.Contains("!notools", StringComparison.Ordinal),
        Remote = text.Contains("!remote", StringComparison.Ordinal),
        MaxInputTokens = text.Contains('@', StringComparison.Ordinal) ? int.Parse(text.Split('@')[1], System.Globalization.CultureInfo.InvariantCulture) : null,
    };
}
