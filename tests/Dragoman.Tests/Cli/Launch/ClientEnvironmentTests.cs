using System.Text.Json;
using Dragoman.Cli.Launch;

namespace Dragoman.Tests.Cli.Launch;

/// <summary>What a client finds in its environment.</summary>
public sealed class ClientEnvironmentTests
{
    private static readonly ServedModel Coder = new("sonnet", ["ollama/qwen3-coder:30b"], 65_537);

    [Fact]
    public void Claude_Code_gets_the_gateway_the_tiers_and_the_real_window()
    {
        var set = Claude(Served(Coder with { Tier = "opus" }, Coder, new("haiku", ["ollama/qwen3:4b"], 32_768)));
        Assert.Equal("http://127.0.0.1:3000", set["ANTHROPIC_BASE_URL"]);
        Assert.Equal("dragoman", set["ANTHROPIC_AUTH_TOKEN"]);
        Assert.Equal("ollama/qwen3-coder:30b", set["ANTHROPIC_DEFAULT_OPUS_MODEL"]);
        Assert.Equal("ollama/qwen3-coder:30b", set["ANTHROPIC_DEFAULT_SONNET_MODEL"]);
        Assert.Equal("ollama/qwen3:4b", set["ANTHROPIC_DEFAULT_HAIKU_MODEL"]);
        Assert.Equal("qwen3:4b", set["ANTHROPIC_DEFAULT_HAIKU_MODEL_NAME"]);
        Assert.Equal("ollama, 32,768 tokens", set["ANTHROPIC_DEFAULT_HAIKU_MODEL_DESCRIPTION"]);
        Assert.Equal("ollama/qwen3-coder:30b", set["CLAUDE_CODE_SUBAGENT_MODEL"]);
        Assert.Equal("65537", set["CLAUDE_CODE_MAX_CONTEXT_TOKENS"]);
        Assert.Equal(("0", "off", "1"), (set["CLAUDE_CODE_ATTRIBUTION_HEADER"], set["CLAUDE_CODE_TOTAL_TOKENS_REMINDER"], set["CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY"]));
        // It would switch model discovery off again.
        Assert.False(set.ContainsKey("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"));
        // Claude Code heeds it from 100,000 on.
        Assert.False(set.ContainsKey("CLAUDE_CODE_AUTO_COMPACT_WINDOW") || set.ContainsKey("CLAUDE_CODE_MAX_OUTPUT_TOKENS") || set.ContainsKey("ANTHROPIC_MODEL"));
    }

    [Theory]
    [InlineData(99_999, null, null)]
    [InlineData(262_144, "262144", null)]
    [InlineData(2_000_000, "1000000", null)]
    [InlineData(32_768, null, "8192")]
    public void The_window_decides_when_it_compacts_and_how_long_an_answer_may_be(int window, string? compact, string? output)
    {
        var set = Claude(Served(Coder with { Tier = "opus" }, Coder with { ContextTokens = window }) with { Only = Coder with { ContextTokens = window } });
        Assert.Equal(compact, set.GetValueOrDefault("CLAUDE_CODE_AUTO_COMPACT_WINDOW"));
        Assert.Equal(output, set.GetValueOrDefault("CLAUDE_CODE_MAX_OUTPUT_TOKENS"));
        Assert.Equal("ollama/qwen3-coder:30b", set["ANTHROPIC_MODEL"]);
    }

    [Theory]
    [InlineData(32_768, "42768")]
    [InlineData(65_536, "75536")]
    [InlineData(65_537, "65537")]
    public void Of_a_small_window_Claude_Code_may_use_what_it_would_keep_free(int window, string said) =>
        Assert.Equal(said, Claude(Served(Coder with { Tier = "opus", ContextTokens = window }, Coder with { ContextTokens = window }))["CLAUDE_CODE_MAX_CONTEXT_TOKENS"]);

    [Fact]
    public void Nothing_of_Anthropics_is_offered_or_asked_for_that_nobody_here_has()
    {
        var set = Claude(Served(Coder with { Tier = "opus" }, Coder));
        Assert.Equal(("ollama/qwen3-coder:30b", "qwen3-coder:30b"), (set["ANTHROPIC_DEFAULT_FABLE_MODEL"], set["ANTHROPIC_DEFAULT_FABLE_MODEL_NAME"]));
        Assert.Equal(("1", "0", "1"), (set["CLAUDE_CODE_DISABLE_1M_CONTEXT"], set["CLAUDE_CODE_AUTO_MODE_SERVER"], set["CLAUDE_CODE_GATEWAY_HINT_HEADERS"]));
        var claudes = Claude(Served(new ServedModel("sonnet", ["anthropic/claude-sonnet-4-5"], 1_000_000)));
        Assert.False(claudes.ContainsKey("ANTHROPIC_DEFAULT_FABLE_MODEL") || claudes.ContainsKey("CLAUDE_CODE_DISABLE_1M_CONTEXT") || claudes.ContainsKey("CLAUDE_CODE_AUTO_MODE_SERVER"));
    }

    [Theory]
    [InlineData("ollama/qwen3-coder:30b", true)]
    [InlineData("ollama/qwen3:4b", false)]
    public void One_model_for_all_is_not_disturbed_for_a_title(string small, bool disabled) =>
        Assert.Equal(disabled, Claude(Served(Coder, new ServedModel("haiku", [small], 32_768))).ContainsKey("CLAUDE_CODE_DISABLE_TERMINAL_TITLE"));

    [Theory]
    [InlineData("", true)]
    [InlineData("-p|hello", true)]
    [InlineData("What is this?", true)]
    [InlineData("--permission-mode|auto", false)]
    [InlineData("--settings=mine.json", false)]
    [InlineData("mcp|list", false)]
    public void A_small_model_decides_what_is_safe_only_where_a_person_says_so(string given, bool isAdded)
    {
        string[] arguments = given.Length == 0 ? [] : given.Split('|');
        Assert.Equal(isAdded ? ["--settings", """{"permissions":{"disableAutoMode":"disable"}}"""] : [], ClaudeCodeSettings.Arguments(Served(Coder), arguments));
        Assert.Empty(ClaudeCodeSettings.Arguments(Served(new ServedModel("sonnet", ["anthropic/claude-sonnet-4-5"], 200_000)), arguments));
    }

    [Fact]
    public void A_key_of_Anthropics_and_other_ways_past_the_gateway_are_taken_away()
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ANTHROPIC_API_KEY"] = "sk-ant", ["CLAUDE_CODE_USE_BEDROCK"] = "1", ["ANTHROPIC_MODEL"] = "x", ["API_TIMEOUT_MS"] = "5", ["PATH"] = "/bin" };
        ClaudeCodeSettings.For(Served(Coder)).ApplyTo(environment);
        Assert.False(environment.ContainsKey("ANTHROPIC_API_KEY") || environment.ContainsKey("CLAUDE_CODE_USE_BEDROCK") || environment.ContainsKey("ANTHROPIC_MODEL"));
        Assert.Equal(("/bin", "5"), (environment["PATH"], environment["API_TIMEOUT_MS"]));
    }

    [Theory]
    [InlineData("ollama/a, gemini/b", false)]
    [InlineData("demo/demo", false)]
    [InlineData("anthropic/claude-sonnet-4-5", false)]
    [InlineData("ollama/a", true)]
    public void A_model_is_named_itself_only_where_nothing_is_lost_by_it(string targets, bool pinned)
    {
        var model = new ServedModel("sonnet", targets.Split(", "), 200_000);
        Assert.Equal(pinned, Claude(Served(model)).ContainsKey("ANTHROPIC_DEFAULT_SONNET_MODEL"));
        Assert.False(Claude(Served(model with { ByRole = true })).ContainsKey("ANTHROPIC_DEFAULT_SONNET_MODEL"));
    }

    [Fact]
    public void OpenCode_gets_one_configuration()
    {
        var entries = OpenCodeSettings.For(Served(Coder with { Tier = "opus" }, Coder, new("haiku", ["ollama/qwen3:4b"], 32_768))).Entries;
        using var configuration = JsonDocument.Parse(entries.Single(entry => entry.Name == "OPENCODE_CONFIG_CONTENT").Value!);
        var root = configuration.RootElement;
        Assert.Equal("anthropic/ollama/qwen3-coder:30b", root.GetProperty("model").GetString());
        Assert.Equal("anthropic/ollama/qwen3:4b", root.GetProperty("small_model").GetString());
        var provider = root.GetProperty("provider").GetProperty("anthropic");
        Assert.Equal("http://127.0.0.1:3000/v1", provider.GetProperty("options").GetProperty("baseURL").GetString());
        Assert.Equal(["ollama/qwen3-coder:30b", "ollama/qwen3:4b"], provider.GetProperty("models").EnumerateObject().Select(model => model.Name));
        Assert.Equal(65_537, provider.GetProperty("models").GetProperty("ollama/qwen3-coder:30b").GetProperty("limit").GetProperty("context").GetInt32());
    }

    [Theory]
    [InlineData(Shell.Bash, "export A='it'\\''s'|unset B")]
    [InlineData(Shell.Zsh, "export A='it'\\''s'|unset B")]
    [InlineData(Shell.Fish, "set -gx A 'it\\'s'|set -e B")]
    [InlineData(Shell.PowerShell, "$env:A = 'it''s'|Remove-Item Env:B -ErrorAction SilentlyContinue")]
    [InlineData(Shell.Cmd, "set \"A=it's\"|set \"B=\"")]
    internal void Lines_are_quoted_as_each_shell_wants(Shell shell, string lines) => Assert.Equal(lines.Split('|'), ShellLines.Of([("A", "it's"), ("B", null)], shell));

    private static ServedModels Served(params ServedModel[] tiers) => new("http://127.0.0.1:3000", "dragoman", tiers);

    private static Dictionary<string, string> Claude(ServedModels served) =>
        ClaudeCodeSettings.For(served).Entries.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Name, entry => entry.Value!, StringComparer.Ordinal);
}
