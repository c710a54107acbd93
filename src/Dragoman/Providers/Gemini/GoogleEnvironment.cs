namespace Dragoman.Providers.Gemini;

/// <summary>What Google's own tools leave on a machine: environment variables and the folder of <c>gcloud</c>.</summary>
/// <param name="Variable">An environment variable; null when it isn't set or empty.</param>
/// <param name="GcloudFolder">Where <c>gcloud</c> keeps its files.</param>
internal sealed record GoogleEnvironment(Func<string, string?> Variable, string GcloudFolder)
{
    /// <summary>This machine's.</summary>
    public static GoogleEnvironment OfMachine { get; } = new(Read, Read("CLOUDSDK_CONFIG") ?? DefaultFolder());

    /// <summary>The credentials file that Google's libraries would take: the one that the environment names, else the one that <c>gcloud</c> has written; null when there is none.</summary>
    public string? CredentialsFile
    {
        get
        {
            if (Variable("GOOGLE_APPLICATION_CREDENTIALS") is { } named) return named;
            var written = Path.Combine(GcloudFolder, "application_default_credentials.json");
            return File.Exists(written) ? written : null;
        }
    }

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string DefaultFolder() => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "gcloud")
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config", "gcloud");
}
