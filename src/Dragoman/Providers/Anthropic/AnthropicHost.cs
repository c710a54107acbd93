namespace Dragoman.Providers.Anthropic;

/// <summary>Which servers that speak Anthropic's language are known, and what is known of them.</summary>
internal static class AnthropicHost
{
    // These take every Claude name: Anthropic has the models, the others put their own in their place.
    private static readonly string[] TakesClaudeNames = ["anthropic.com", "deepseek.com", "z.ai", "bigmodel.cn", "moonshot.ai", "moonshot.cn", "minimax.io"];

    /// <summary>Anthropic itself, which alone checks signatures of thinking.</summary>
    public static bool IsAnthropic(Uri address) => UpstreamHost.IsWithin(address, TakesClaudeNames[0]);

    /// <summary>A model of the server's answers to names like <c>claude-opus-4-5</c>.</summary>
    public static bool HasClaude(Uri address) => Array.Exists(TakesClaudeNames, domain => UpstreamHost.IsWithin(address, domain));
}
