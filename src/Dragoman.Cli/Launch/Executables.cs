namespace Dragoman.Cli.Launch;

/// <summary>Finds programs as a shell would, and where their installers put them.</summary>
internal static class Executables
{
    // What Windows takes when PATHEXT is empty, in the order in which it matters here.
    private const string UsualEndings = ".EXE;.CMD;.BAT;.COM";

    /// <summary>The program's path; null when it isn't installed.</summary>
    public static string? Find(Client client) => Find(client, Environment.GetEnvironmentVariable("PATH"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>True when a shell finds the program, too: it lies in a folder of PATH.</summary>
    public static bool IsOnPath(Client client) => Find(client with { Places = [] }) is not null;

    /// <summary>The program's path; null when it isn't installed.</summary>
    /// <param name="client">The program.</param>
    /// <param name="path">The folders of <c>PATH</c>.</param>
    /// <param name="home">What <c>~</c> stands for.</param>
    public static string? Find(Client client, string? path, string home)
    {
        var folders = (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => folder.Trim('"'));
        var places = client.Places.Select(place => place.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, place[2..]) : place);
        return folders.Concat(places).SelectMany(folder => Endings().Select(ending => Path.Combine(folder, client.Executable + ending))).FirstOrDefault(IsExecutable);
    }

    private static string[] Endings() => OperatingSystem.IsWindows()
        ? (Environment.GetEnvironmentVariable("PATHEXT") is { Length: > 0 } given ? given : UsualEndings).Split(';', StringSplitOptions.RemoveEmptyEntries)
        : [""];

    private static bool IsExecutable(string file)
    {
        if (!File.Exists(file)) return false;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & execute) != UnixFileMode.None;
    }
}
