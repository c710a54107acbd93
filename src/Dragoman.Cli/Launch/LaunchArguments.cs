using System.CommandLine;

namespace Dragoman.Cli.Launch;

/// <summary>Divides a command line: what stands after the client's name is the client's, to the letter.</summary>
internal static class LaunchArguments
{
    /// <summary>The program's own part, and the client's.</summary>
    /// <param name="arguments">The whole command line.</param>
    /// <param name="launch">The command, with its options.</param>
    public static (string[] Own, string[] Forwarded) Split(string[] arguments, Command launch)
    {
        if (arguments is not [{ } first, ..] || first != launch.Name) return (arguments, []);
        for (var i = 1; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith('-'))
            {
                // `--` is the usual mark between two programs' arguments; nobody means the client to get it.
                var next = i + 1 < arguments.Length && arguments[i + 1] == "--" ? i + 2 : i + 1;
                return (arguments[..(i + 1)], arguments[next..]);
            }

            if (TakesNext(arguments[i], launch)) i++;
        }

        return (arguments, []);
    }

    private static bool TakesNext(string option, Command launch) =>
        launch.Options.FirstOrDefault(known => known.Name == option || known.Aliases.Contains(option)) is { Arity.MinimumNumberOfValues: > 0 };
}
