using System.CommandLine;
using System.Text;
using Dragoman.Discovery;

namespace Dragoman.Cli;

/// <summary><c>dragoman init</c>: writes a commented configuration file from what is found on the machine.</summary>
internal static class InitCommand
{
    // What `serve` takes without being told.
    private const string UsualFile = "dragoman.json";

    /// <summary>Adds the command.</summary>
    public static void AddTo(RootCommand root)
    {
        var file = new Option<string?>("--config") { Description = "The file to write [dragoman.json]" }.NotEmpty();
        var force = new Option<bool>("--force") { Description = "Write over a file that is there" };
        var init = new Command("init", "Write a commented dragoman.json from what is found on this machine") { file, force };
        init.SetAction((parsed, cancellationToken) => WriteAsync(parsed.GetValue(file) ?? UsualFile, parsed.GetValue(force), cancellationToken));
        root.Add(init);
    }

    private static async Task<int> WriteAsync(string file, bool force, CancellationToken cancellationToken)
    {
        if (Directory.Exists(file)) throw new CliException($"{file} is a folder. --config names the file, for example {Path.Combine(file, UsualFile)}.", ExitCodes.Failed);
        if (File.Exists(file) && !force) throw new CliException($"{file} is there already. --force writes over it.", ExitCodes.Failed);
        var found = await new Discoverer(Surroundings.OfMachine, TimeProvider.System).FindAsync(cancellationToken, waitsForServices: true);
        var text = InitialConfig.Write(found);
        try
        {
            await ReplaceAsync(file, text, force, cancellationToken);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{file} can't be written: {(Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))) ? refused.Message : "there is no such folder.")}", ExitCodes.Failed);
        }

        FoundNotice.WriteFindings(Terminal.Error, found);
        await Console.Out.WriteLineAsync($"Wrote {file}. {(file == UsualFile ? "`dragoman` takes it when it is started here, " : "")}`dragoman --config \"{Path.GetFullPath(file)}\"` takes it anywhere.");
        return ExitCodes.Good;
    }

    // Beside its place first: what can't be read back must not take the place of what could.
    private static async Task ReplaceAsync(string file, string text, bool force, CancellationToken cancellationToken)
    {
        var draft = $"{file}.new";
        await File.WriteAllTextAsync(draft, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
        try
        {
            ConfigFile.Load(draft);
            File.Move(draft, file, overwrite: force);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
