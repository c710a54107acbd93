using System.CommandLine;

namespace Dragoman.Cli;

/// <summary><c>dragoman completion SHELL</c>: a script by which a shell completes the program's command line. The program itself knows what fits (<c>[suggest]</c>).</summary>
internal static class CompletionCommand
{
    /// <summary>Adds the command.</summary>
    public static void AddTo(RootCommand root)
    {
        var shell = new Argument<string>("shell") { Description = "Your shell" };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var completion = new Command("completion", "Print a script that completes the command line in your shell") { shell };
        completion.SetAction(async (parsed, _) =>
        {
            await Console.Out.WriteLineAsync(Scripts[parsed.GetValue(shell)!]);
            return ExitCodes.Good;
        });
        root.Add(completion);
    }

    // The position counts from the beginning of the program's own part of the line, its name included. Where the program suggests nothing, files are completed.
    private static readonly SortedDictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # Put this into ~/.bashrc:  source <(dragoman completion bash)
            _dragoman() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(dragoman "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _dragoman dragoman
            """,
        ["fish"] = """
            # Put this into ~/.config/fish/config.fish:  dragoman completion fish | source
            function __dragoman_suggestions
                set -l line (string trim --left -- (commandline -cp))
                dragoman "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null | string match --regex '.+'
            end
            complete -c dragoman -f -a '(__dragoman_suggestions)'
            complete -c dragoman -F -n 'test (count (__dragoman_suggestions)) -eq 0'
            """,
        ["powershell"] = """
            # Put this into $PROFILE:  dragoman completion powershell | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName dragoman -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                dragoman "[suggest:$cursorPosition]" "$commandAst" 2>$null | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """,
        ["zsh"] = """
            # Put this into ~/.zshrc, after compinit:  source <(dragoman completion zsh)
            _dragoman() {
                local line="dragoman ${(j: :)words[2,CURRENT]}"
                local -a suggestions
                suggestions=(${(f)"$(dragoman "[suggest:${#line}]" "${line}" 2>/dev/null)"})
                compadd -a suggestions || _files
            }
            compdef _dragoman dragoman
            """,
    };
}
