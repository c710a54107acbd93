using System.Globalization;
using Dragoman.Discovery;

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

    // It compacts when a conversation comes within 13,000 tokens of the window less the answer (2.1.329, which shows the sum as buffer in /context). Of a small window
    // that leaves less than its own first prompt needs, and every question would begin with compaction. So it is told of a larger window: of these 13,000 tokens,
    // 3,000 are enough for the prompt that asks for the summary.
    private const int UselessBuffer = 10_000;

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
        foreach (var tier in Tier.Names)
        {
            if (served.Of(tier) is { Pin: { } pin } model) Pin(environment, $"ANTHROPIC_DEFAULT_{tier.ToUpperInvariant()}_MODEL", pin, model);
        }

        // A fourth tier, above opus, which Claude Code would offer with Anthropic's prices.
        if (served.Of("opus") is { Pin: { } largest } top) Pin(environment, "ANTHROPIC_DEFAULT_FABLE_MODEL", largest, top);
        return environment
            .Set("ANTHROPIC_MODEL", served.Only?.Pin)
            .Set("CLAUDE_CODE_SUBAGENT_MODEL", served.Main?.Pin)
            .Set("CLAUDE_CODE_MAX_CONTEXT_TOKENS", Text(served.Main?.Pin is null ? null : served.Window <= SmallWindow ? served.Window + UselessBuffer : served.Window))
            // It would put [1m] behind the name of a model that it takes for the default one.
            .Set("CLAUDE_CODE_DISABLE_1M_CONTEXT", served.Main?.Pin is null || served.Window >= MostCompactWindow ? null : "1")
            .Set("CLAUDE_CODE_AUTO_COMPACT_WINDOW", Text(served.Window is >= LeastCompactWindow and { } window ? Math.Min(window, MostCompactWindow) : null))
            .Suggest("CLAUDE_CODE_MAX_OUTPUT_TOKENS", served.Window <= SmallWindow ? OutputOfSmallWindow : null)
            // Where a person switches auto mode on all the same: only Anthropic's own servers do its checks by the way, and without them it asks what to do about that.
            .Suggest("CLAUDE_CODE_AUTO_MODE_SERVER", served.Main?.Pin is null ? null : "0")
            // Both change from turn to turn and would make a model read the whole conversation again.
            .Set("CLAUDE_CODE_ATTRIBUTION_HEADER", "0")
            .Set("CLAUDE_CODE_TOTAL_TOKENS_REMINDER", "off")
            .Set("CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY", "1")
            // It says what each request is for, so that the role "background" takes all of its side requests.
            .Suggest("CLAUDE_CODE_GATEWAY_HINT_HEADERS", "1")
            .Suggest("API_TIMEOUT_MS", PatientTimeout)
            // The title of the terminal's window is asked of the small model; where that is the large one too, it costs the conversation's cache.
            .Suggest("CLAUDE_CODE_DISABLE_TERMINAL_TITLE", served.Main?.Pin is { } main && served.Of("haiku")?.Pin == main ? "1" : null)
            // Reports of another model's mistakes help nobody at Anthropic. CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC isn't set: it would switch off model discovery.
            .Suggest("DISABLE_ERROR_REPORTING", "1")
            .Suggest("DISABLE_FEEDBACK_COMMAND", "1")
            .Suggest("CLAUDE_CODE_DISABLE_FEEDBACK_SURVEY", "1");
    }

    /// <summary>
    /// Switches auto mode off, in which interactive sessions begin since 2.1.283: before many an action it asks the model in a prompt of some 35,000 tokens of its own
    /// whether the action is safe. A local model's window often doesn't hold that, reading it takes minutes and costs the conversation's cache, and no small model should decide it.
    /// </summary>
    /// <param name="served">What answers.</param>
    /// <param name="given">The person's arguments: whoever gives settings or a permission mode has chosen.</param>
    public static IReadOnlyList<string> Arguments(ServedModels served, IReadOnlyList<string> given)
    {
        if (served.Main?.Pin is null || given.Any(IsChoice)) return [];
        // `claude mcp list`: a command of its own, which has no permissions.
        return given is [{ } first, ..] && !first.StartsWith('-') && first.All(letter => letter is >= 'a' and <= 'z' or '-') ? [] : ["--settings", """{"permissions":{"disableAutoMode":"disable"}}"""];
    }

    private static bool IsChoice(string argument) => argument.Split('=')[0] is "--settings" or "--permission-mode" or "--dangerously-skip-permissions";

    private static void Pin(ClientEnvironment environment, string variable, string pin, ServedModel model) => environment
        .Set(variable, pin)
        .Set($"{variable}_NAME", model.Name)
        .Set($"{variable}_DESCRIPTION", model.ContextTokens is { } window ? string.Create(CultureInfo.InvariantCulture, $"{model.Provider}, {window:N0} tokens") : model.Provider);

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
