namespace Dragoman;

/// <summary>Secrets of the configuration, which are named instead of written: <c>env:NAME</c> is an environment variable, <c>file:PATH</c> a file.</summary>
internal static class Secret
{
    /// <summary>What the name of a file begins with.</summary>
    public const string FilePrefix = "file:";

    private const string EnvironmentPrefix = "env:";

    // The largest thing that is called a key, a signed token, has a few kilobytes; a larger file is another one than was meant.
    private const int MaxFileBytes = 64 << 10;

    /// <summary>The secret itself; null when none is given.</summary>
    /// <exception cref="ConfigException">The environment variable isn't set, or the file can't be read; or they are empty.</exception>
    public static string? Resolve(string? setting)
    {
        if (setting is null) return null;
        if (setting.StartsWith(EnvironmentPrefix, StringComparison.Ordinal)) return FromEnvironment(setting[EnvironmentPrefix.Length..]);
        return setting.StartsWith(FilePrefix, StringComparison.Ordinal) ? FromFile(setting[FilePrefix.Length..]) : setting;
    }

    /// <summary>True when a setting says where its secret is, rather than what it is.</summary>
    public static bool IsNamed(string setting) => setting.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) || setting.StartsWith(FilePrefix, StringComparison.Ordinal);

    // An empty variable is no secret: taken as one, a gateway on the network would ask nobody for a key.
    private static string FromEnvironment(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } secret
        ? secret
        : throw new ConfigException($"the environment variable {name} is not set or empty");

    private static string FromFile(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxFileBytes }) throw new ConfigException($"the file {path} has more than {MaxFileBytes >> 10} kB, which no secret has");
            // Editors and `echo` end a file with a line feed, which no secret does.
            var secret = File.ReadAllText(path).TrimEnd('\r', '\n');
            return secret.Length > 0 ? secret : throw new ConfigException($"the file {path} is empty");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigException($"the file {path} can't be read: {unreadable.Message}");
        }
    }
}
