using Spectre.Console;

namespace Dragoman.Cli;

/// <summary>Makes the output fit where it goes: colours for a person at a terminal who wants them, plain whole lines for a file or another program.</summary>
internal static class Terminal
{
    /// <summary>Standard error: what is said about the work. Standard output holds the work's results alone.</summary>
    public static IAnsiConsole Error { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Prepares both outputs; to be called once, before anything is written.</summary>
    public static void Prepare()
    {
        Prepare(AnsiConsole.Profile, Console.IsOutputRedirected);
        Prepare(Error.Profile, Console.IsErrorRedirected);
    }

    private static void Prepare(Profile profile, bool isRedirected)
    {
        // no-color.org: set to anything but nothing. TERM=dumb: an editor's shell window.
        var isPlain = isRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") == "dumb";
        if (isPlain)
        {
            profile.Capabilities.Ansi = false;
            profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        }

        // Lines are never broken for a reader that isn't a terminal.
        if (isRedirected) profile.Width = int.MaxValue;
    }

    /// <summary>Says on standard error why a command can't do what it was told: standard output belongs to its results.</summary>
    public static void Complain(string message) => Error.MarkupLineInterpolated($"[red]{message}[/]");
}
