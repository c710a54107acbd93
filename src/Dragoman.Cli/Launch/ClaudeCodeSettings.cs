using System.Globalization;

namespace Dragoman.Cli.Launch;

/// <summary>Claude Code's environment variables, as its documentation has them (code.claude.com/docs/en/env-vars, llm-gateway).</summary>
internal static class ClaudeCodeSettings
{
    // Claude Code heeds CLAUDE_CODE_AUTO_COMPACT_WINDOW from 100,000 to a million tokens.
    private const int LeastCompactWindow = 100_000;
    private const int MostCompactWindow = 1_000_000;

    // Below, the 32,000 tokens that it reserves for an answer leave little for the conversation.
    private const int SmallWindow = 65_536;
    private const string OutputOfSmallWindow = "8192";

    // A model on this machine may need an hour for a whole answer; Claude Code's own limit is ten minutes.
    private const string PatientTimeout = "3600000";

    /// <summary>What Claude Code needs.</summary>
    public static ClientEnvironment For(ServedModels served)
    {
        var environment = new ClientEnvironment()
            .Set("ANTHROPIC_BASE_URL", served.Url)
            .Set("ANTHROPIC_AUTH_TOKEN", served.Token)
            // A key of Anthropic's would go before the token, and would be shown to the gateway.
            .Remove("ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN")
            // These lead past the gateway, or to models that it doesn't have.
            .Remove("CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY", "ANTHROPIC_MODEL", "ANTHROPIC_SMALL_FAST_MODEL");
        foreach (var tier in (ReadOnlySpan<string>)["opus", "sonnet", "haiku"])
        {
            if (served.Of(tier) is { Pin: { } pin } model) Pin(environment, $"ANTHROPIC_DEFAULT_{tier.ToUpperInvariant()}_MODEL", pin, model);
        }

        return environment
            .Set("ANTHROPIC_MODEL", served.Only?.Pin)
            .Set("CLAUDE_CODE_SUBAGENT_MODEL", served.Main?.Pin)
            .Set("CLAUDE_CODE_MAX_CONTEXT_TOKENS", Text(served.Main?.Pin is null ? null : served.Window))
            .Set("CLAUDE_CODE_AUTO_COMPACT_WINDOW", Text(served.Window is >= LeastCompactWindow and { } window ? Math.Min(window, MostCompactWindow) : null))
            .Suggest("CLAUDE_CODE_MAX_OUTPUT_TOKENS", served.Window < SmallWindow + 1 ? OutputOfSmallWindow : null)
            // Both change from turn to turn and would make a model read the whole conversation again.
            .Set("CLAUDE_CODE_ATTRIBUTION_HEADER", "0")
            .Set("CLAUDE_CODE_TOTAL_TOKENS_REMINDER", "off")
            .Set("CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY", "1")
            .Suggest("API_TIMEOUT_MS", PatientTimeout)
            // Reports of another model's mistakes help nobody at Anthropic. CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC isn't set: it would switch off model discovery.
            .Suggest("DISABLE_ERROR_REPORTING", "1")
            .Suggest("DISABLE_FEEDBACK_COMMAND", "1")
            .Suggest("CLAUDE_CODE_DISABLE_FEEDBACK_SURVEY", "1");
    }

    private static void Pin(ClientEnvironment environment, string variable, string pin, ServedModel model) => environment
        .Set(variable, pin)
        .Set($"{variable}_NAME", model.Name)
        .Set($"{variable}_DESCRIPTION", model.ContextTokens is { } window ? string.Create(CultureInfo.InvariantCulture, $"{model.Provider}, {window:N0} tokens") : model.Provider);

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
