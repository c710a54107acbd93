namespace Dragoman.Tests.Cli;

/// <summary>An empty folder to start the program in, with a configuration file.</summary>
internal static class ProgramFolder
{
    /// <summary>Makes a folder with this <c>dragoman.json</c>.</summary>
    public static string With(string configuration)
    {
        var folder = Directory.CreateTempSubdirectory("dragoman-program-").FullName;
        File.WriteAllText(Path.Combine(folder, "dragoman.json"), configuration);
        return folder;
    }

    /// <summary>Runs the program in a folder.</summary>
    public static async Task<ProgramOutcome> RunAsync(string folder, params string[] arguments)
    {
        using var program = RunningProgram.Start(arguments, folder: folder);
        return await program.EndAsync();
    }
}
