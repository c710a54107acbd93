namespace Dragoman.Cli.Launch;

/// <summary>Where the log of a gateway goes whose client owns the terminal.</summary>
internal sealed class LaunchLog : IAsyncDisposable
{
    private LaunchLog(TextWriter writer, string? file, string? problem) => (Writer, File, Problem) = (writer, file, problem);

    /// <summary>Nowhere.</summary>
    public static LaunchLog None { get; } = new(TextWriter.Null, file: null, problem: null);

    /// <summary>Takes the lines.</summary>
    public TextWriter Writer { get; }

    /// <summary>The file; null: there is none.</summary>
    public string? File { get; }

    /// <summary>Why there is no file, in a sentence; null: there is one, or none was wanted.</summary>
    public string? Problem { get; }

    /// <summary>Opens a file. One that can't be written is no reason to keep a client from work.</summary>
    /// <param name="file">Its path; null: the system doesn't say where such files belong.</param>
    public static LaunchLog Open(string? file)
    {
        if (file is null) return new LaunchLog(TextWriter.Null, file: null, "there is no home directory");
        try
        {
            return new LaunchLog(Writing(file), file, problem: null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new LaunchLog(TextWriter.Null, file: null, refused.Message.TrimEnd('.'));
        }
    }

    /// <summary>The place that the system has for such files; null: there is none.</summary>
    public static string? UsualFile()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var folder = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Logs")
            : Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { } state && Path.IsPathFullyQualified(state) ? state : Path.Combine(home, ".local", "state");
        // A relative XDG_STATE_HOME is ignored (XDG Base Directory Specification). A user that only a container knows has no home; nothing is written into the folder where somebody works.
        return Path.IsPathRooted(folder) ? Path.Combine(folder, "dragoman", "launch.log") : null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Writer.DisposeAsync();

    // Two launches may write to it at once; it begins anew when it has grown too large to be read by a person.
    private static StreamWriter Writing(string file)
    {
        const long mostBytes = 5 << 20;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var mode = System.IO.File.Exists(file) && new FileInfo(file).Length > mostBytes ? FileMode.Create : FileMode.Append;
        return new StreamWriter(new FileStream(file, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)) { AutoFlush = true };
    }
}
