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
        ["init"] = ["dragoman init", "dragoman init --config ~/dragoman.json --force"],
        ["completion"] = ["source <(dragoman completion bash)", "dragoman completion fish | source"],
    };

    /// <summary>Adds them to the help of all commands.</summary>
    public static void AddTo(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
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
