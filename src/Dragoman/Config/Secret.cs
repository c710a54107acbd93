namespace Dragoman;

/// <summary>Secrets of the configuration, which may be named instead of written: <c>env:NAME</c>.</summary>
internal static class Secret
{
    private const string EnvironmentPrefix = "env:";

    /// <summary>The secret itself; null when none is given.</summary>
    /// <exception cref="ConfigException">The named environment variable isn't set.</exception>
    public static string? Resolve(string? setting)
    {
        if (setting is null || !setting.StartsWith(EnvironmentPrefix, StringComparison.Ordinal)) return setting;
        var name = setting[EnvironmentPrefix.Length..];
        // An empty variable is no secret: taken as one, a gateway on the network would ask nobody for a key.
        return Environment.GetEnvironmentVariable(name) is { Length: > 0 } secret
            ? secret
            : throw new ConfigException($"The configuration names the environment variable {name}, which is not set or empty.");
    }
}
