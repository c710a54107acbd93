namespace Dragoman.Cli.Launch;

/// <summary>Shells whose lines the program can write.</summary>
internal enum Shell
{
    /// <summary>bash and others of its family.</summary>
    Bash,

    /// <summary>zsh, which reads the same lines.</summary>
    Zsh,

    /// <summary>fish.</summary>
    Fish,

    /// <summary>PowerShell.</summary>
    PowerShell,

    /// <summary>cmd.exe.</summary>
    Cmd,
}

/// <summary>Changes of an environment as lines for a shell to read.</summary>
internal static class ShellLines
{
    /// <summary>The shell of the person who asks: what <c>SHELL</c> says, PowerShell on Windows.</summary>
    public static Shell Usual()
    {
        if (OperatingSystem.IsWindows()) return Shell.PowerShell;
        return System.Environment.GetEnvironmentVariable("SHELL")?.EndsWith("fish", StringComparison.Ordinal) == true ? Shell.Fish : Shell.Bash;
    }

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Of(IEnumerable<(string Name, string? Value)> changes, Shell shell) => changes.Select(change => Line(change.Name, change.Value, shell));

    private static string Line(string name, string? value, Shell shell) => (shell, value) switch
    {
        (Shell.Bash or Shell.Zsh, null) => $"unset {name}",
        (Shell.Bash or Shell.Zsh, _) => $"export {name}='{value.Replace("'", @"'\''", StringComparison.Ordinal)}'",
        (Shell.Fish, null) => $"set -e {name}",
        (Shell.Fish, _) => $"set -gx {name} '{value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'",
        (Shell.PowerShell, null) => $"Remove-Item Env:{name} -ErrorAction SilentlyContinue",
        (Shell.PowerShell, _) => $"$env:{name} = '{value.Replace("'", "''", StringComparison.Ordinal)}'",
        (_, null) => $"set \"{name}=\"",
        // Between the outer quotes cmd.exe takes all as it is.
        _ => $"set \"{name}={value}\"",
    };
}
