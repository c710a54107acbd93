using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dragoman.Cli;

/// <summary>Examples at the end of <c>--help</c>: most people want a line to copy.</summary>
internal static class HelpExamples
{
    private static readonly Dictionary<string, string[]> Lines = new(StringComparer.Ordinal)
    {
        [""] =
        [
            "dragoman launch claude                      Claude Code on the best model of this machine",
            "dragoman                                    the gateway alone, for any client",
            "dragoman -m '*=qwen3:8b'                    one model for every name",
            "dragoman init                               a dragoman.json to begin with",
        ],
        ["launch"] =
        [
            "dragoman launch claude",
            "dragoman launch claude -p \"What does this project do?\"",
            "dragoman launch --model qwen3-coder:30b claude",
            "dragoman launch --dry-run opencode",
        ],
        ["env"] = ["eval \"$(dragoman env)\" && claude", "dragoman env --shell powershell | Out-String | Invoke-Expression", "dragoman env opencode --shell fish | source"],
        ["serve"] = ["dragoman serve --port 4000 --record recordings", "dragoman serve -m 'claude-opus-*=qwen3-coder:30b' -m '*=qwen3:8b'", "dragoman serve -m '{\"claude-opus-*\": [\"qwen3-coder:30b\", \"qwen3:8b\"]}'"],
        ["doctor"] = ["dragoman doctor", "dragoman doctor --deep --json"],
        ["check-stream"] = ["dragoman check-stream http://127.0.0.1:3000", "dragoman check-stream https://gateway.example.com --model claude-sonnet-4-5 --key env:GATEWAY_KEY"],
        ["replay"] = ["dragoman replay recordings/20260102T030405.678Z-req_abc", "dragoman replay request.json --to ollama/qwen3:8b", "dragoman replay recordings/20260102T030405.678Z-req_abc --recorded --json"],
        ["models"] = ["dragoman models", "dragoman models --provider ollama --json"],
        ["pull"] = ["dragoman pull qwen3:8b"],
        ["warm"] = ["dragoman warm qwen3:8b"],
        ["unload"] = ["dragoman unload ollama/qwen3:8b"],
        ["statusline"] = ["{ \"statusLine\": { \"type\": \"command\", \"command\": \"dragoman statusline\" } }    in ~/.claude/settings.json"],
        ["config"] = ["dragoman config check", "dragoman config show --json"],
        ["check"] = ["dragoman config check --config ~/dragoman.json"],
        ["show"] = ["dragoman config show --port 4000"],
        ["route"] = ["dragoman route --model claude-sonnet-4-5", "dragoman route request.json --explain", "dragoman route - -H 'x-claude-code-session-id: 1' < request.json"],
        ["init"] = ["dragoman init", "dragoman init --config ~/dragoman.json --force"],
        ["completion"] = ["source <(dragoman completion bash)", "dragoman completion fish | source"],
    };

    /// <summary>Adds them to the help of all commands.</summary>
    public static void AddTo(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        // Spellings of Windows, which elsewhere are paths; completion would offer them first.
        if (!OperatingSystem.IsWindows()) foreach (var alias in (string[])["/h", "/?"]) help.Aliases.Remove(alias);
        help.Action = new WithExamples((HelpAction)help.Action!);
    }

    private sealed class WithExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var result = usual.Invoke(parseResult);
            var command = parseResult.CommandResult.Command;
            if (!Lines.TryGetValue(command is RootCommand ? "" : command.Name, out var lines)) return result;
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var line in lines) output.WriteLine($"  {line}");
            output.WriteLine();
            return result;
        }
    }
}
