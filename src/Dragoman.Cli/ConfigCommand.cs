using System.CommandLine;
using Spectre.Console;

namespace Dragoman.Cli;

/// <summary><c>dragoman config check</c> and <c>dragoman config show</c>: whether the settings are right, and what they are.</summary>
internal static class ConfigCommand
{
    /// <summary>Adds both. Exit codes: 0 the settings are right, 2 they are wrong.</summary>
    public static void AddTo(RootCommand root)
    {
        var config = new Command("config", "Look at the settings");
        config.Add(Check());
        config.Add(Show());
        root.Add(config);
    }

    private static Command Check()
    {
        var options = new ServeOptions();
        var command = new Command("check", "Say whether the settings are right");
        options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(options, parsed, static _ => AnsiConsole.MarkupLine("[green]The settings are right.[/]")));
        return command;
    }

    private static Command Show()
    {
        var asJson = new Option<bool>("--json") { Description = "Print JSON, without comments" };
        var options = new ServeOptions();
        var command = new Command("show", "Print the settings in force, without secrets") { asJson };
        options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(options, parsed, settings => Print(settings, options.ReadFile(parsed), parsed.GetValue(asJson))));
        return command;
    }

    private static async Task<int> RunAsync(ServeOptions reader, ParseResult parsed, Action<DragomanOptions> print)
    {
        var options = reader.Read(parsed);
        // Providers read their sections, and the map is looked at, when the gateway is put together.
        await using (ServeCommand.Build(options, TextWriter.Null)) print(options);
        return ExitCodes.Good;
    }

    private static void Print(DragomanOptions options, DragomanOptions file, bool asJson)
    {
        var defaults = ShownConfig.Settings(new DragomanOptions()).ToDictionary(StringComparer.Ordinal);
        var written = ShownConfig.Settings(file).ToDictionary(StringComparer.Ordinal);
        var settings = ShownConfig.Settings(options);
        AnsiConsole.WriteLine("{");
        for (var i = 0; i < settings.Count; i++)
        {
            var (name, value) = settings[i];
            var origin = value == defaults[name] ? "default" : value == written[name] ? "file" : "command line or environment";
            var comma = i < settings.Count - 1 ? "," : "";
            AnsiConsole.WriteLine($"  \"{name}\": {value}{comma}{(asJson ? "" : $" // {origin}")}");
        }

        AnsiConsole.WriteLine("}");
    }

    private static Dictionary<string, string> ToDictionary(this IReadOnlyList<(string Name, string Value)> settings, StringComparer comparer) =>
        settings.ToDictionary(setting => setting.Name, setting => setting.Value, comparer);
}
