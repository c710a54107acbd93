namespace Dragoman.Cli.Launch;

/// <summary>The table of clients that the program starts: a row each. Codex is none: it speaks only OpenAI's Responses API, which the gateway doesn't serve.</summary>
internal static class Clients
{
    /// <summary>All rows.</summary>
    public static IReadOnlyList<Client> All { get; } =
    [
        new("claude", "Claude Code", "claude")
        {
            Places = ["~/.local/bin", "~/.claude/local", "~/.npm-global/bin", "/opt/homebrew/bin", "/usr/local/bin"],
            Install = OperatingSystem.IsWindows() ? "irm https://claude.ai/install.ps1 | iex" : "curl -fsSL https://claude.ai/install.sh | bash",
            OldestTried = new Version(2, 1, 197),
            Arguments = ClaudeCodeSettings.Arguments,
            Environment = ClaudeCodeSettings.For,
        },
        new("opencode", "OpenCode", "opencode")
        {
            Places = ["~/.opencode/bin", "~/.local/bin", "~/.bun/bin", "/opt/homebrew/bin", "/usr/local/bin"],
            Install = OperatingSystem.IsWindows() ? "npm install -g opencode-ai" : "curl -fsSL https://opencode.ai/install | bash",
            Environment = OpenCodeSettings.For,
        },
    ];

    /// <summary>The row of this name; null when there is none.</summary>
    public static Client? Named(string name) => All.FirstOrDefault(client => client.Name == name);
}
