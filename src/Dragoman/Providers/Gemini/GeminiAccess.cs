using Dragoman.Providers.Gemini.Credentials;

namespace Dragoman.Providers.Gemini;

/// <summary>Where the API is and what opens it: worked out of the settings and of the environment that Google's own tools use.</summary>
/// <param name="Address">The API's address.</param>
/// <param name="Credential">What opens it.</param>
/// <param name="Errors">Texts of failures.</param>
internal sealed record GeminiAccess(GeminiAddress Address, IGeminiCredential Credential, GeminiErrors Errors)
{
    /// <summary>Works it out.</summary>
    /// <exception cref="ConfigException">Something is wrong or missing; the message says what to do.</exception>
    public static GeminiAccess Of(ProviderContext context, GeminiSettings settings)
    {
        var key = (Secret.Resolve(settings.ApiKey) ?? Variable("GEMINI_API_KEY") ?? Variable("GOOGLE_API_KEY"))?.Trim();
        var flavour = settings.Flavour ?? GeminiAddress.FlavourOf(key, settings.Project, settings.Url);
        var address = GeminiAddress.Of(flavour, settings.Url, settings.Project, settings.Location);
        if (string.IsNullOrEmpty(key)) throw new ConfigException($"providers.{context.Name}: there is no key.");
        var credential = new ApiKeyCredential(key);
        return new GeminiAccess(address, credential, new GeminiErrors(context.Name, address.Root, credential.Advice));
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
