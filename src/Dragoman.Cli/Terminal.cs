using Spectre.Console;

namespace Dragoman.Cli;

/// <summary>Makes the output fit where it goes: colours for a person at a terminal, plain whole lines for a file or another program.</summary>
internal static class Terminal
{
    /// <summary>Prepares the console; to be called once, before anything is written.</summary>
    public static void Prepare()
    {
        if (!Console.IsOutputRedirected) return;
        AnsiConsole.Profile.Capabilities.Ansi = false;
        AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        // Lines are never broken for a reader that isn't a terminal.
        AnsiConsole.Profile.Width = int.MaxValue;
    }
    /// <summary>Says on standard error why a command can't do what it was told: standard output belongs to its results.</summary>
    public static void Complain(string message)
    {
        var errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected)
        {
            errors.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
            errors.Profile.Capabilities.Ansi = false;
            errors.Profile.Width = int.MaxValue;
        }

        errors.MarkupLineInterpolated($"[red]{message}[/]");
    }
}
