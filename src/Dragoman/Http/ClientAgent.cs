namespace Dragoman.Http;

/// <summary>Which program a client is, by the name that it gives itself.</summary>
internal static class ClientAgent
{
    /// <summary>The client is Claude Code: its agent, or its discovery of models.</summary>
    public static bool IsClaudeCode(HttpContext http) =>
        http.Request.Headers.UserAgent.ToString() is var agent && (agent.StartsWith("claude-code/", StringComparison.Ordinal) || agent.StartsWith("claude-cli/", StringComparison.Ordinal));
}
