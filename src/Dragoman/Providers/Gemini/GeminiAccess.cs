using Dragoman.Providers.Gemini.Credentials;
using Dragoman.Providers.Gemini.Request;
using Dragoman.Providers.Keys;

namespace Dragoman.Providers.Gemini;

/// <summary>Where the API is and what opens it: worked out of the settings and of what Google's own tools leave on the machine.</summary>
/// <param name="Address">The API's address.</param>
/// <param name="Credential">What opens it.</param>
/// <param name="Keys">The keys that a credential of that kind takes; none for others.</param>
/// <param name="Errors">Texts of failures.</param>
internal sealed record GeminiAccess(GeminiAddress Address, IGeminiCredential Credential, KeyRing Keys, GeminiErrors Errors)
{
    // The location without a region, which has the newest models first.
    private const string DefaultLocation = "global";

    /// <summary>Works it out.</summary>
    /// <exception cref="ConfigException">Something is wrong or missing; the message says what to do.</exception>
    public static GeminiAccess Of(ProviderContext context, GeminiSettings settings, GoogleEnvironment environment)
    {
        var keys = KeysOf($"providers.{context.Name}.apiKey", settings, environment);
        var flavour = settings.Flavour ?? GeminiAddress.FlavourOf(keys.Count > 0 ? keys[0] : null, settings.Project, settings.Url);
        var (address, credential) = flavour == GeminiFlavour.Vertex ? Vertex(context, settings, environment) : (GeminiAddress.Of(flavour, settings.Url, project: null, location: null), new ApiKeyCredential());
        if (flavour == GeminiFlavour.Vertex) keys = [];
        else if (keys.Count == 0) throw new ConfigException($"providers.{context.Name}: there is no key for Gemini. Give one with --gemini-key or GEMINI_API_KEY (https://aistudio.google.com/apikey), or use Vertex AI with --vertex-project.");
        return new GeminiAccess(address, credential, new KeyRing(context, keys), new GeminiErrors(context.Name, address.Root, credential.Advice));
    }

    private static IReadOnlyList<string> KeysOf(string path, GeminiSettings settings, GoogleEnvironment environment)
    {
        var keys = KeyRing.Resolve(path, settings.ApiKey);
        if (keys.Count > 0) return keys;
        var variable = environment.Variable("GEMINI_API_KEY") ?? environment.Variable("GOOGLE_API_KEY");
        return variable is null ? [] : KeyRing.Resolve(path, [variable]);
    }

    private static (GeminiAddress, IGeminiCredential) Vertex(ProviderContext context, GeminiSettings settings, GoogleEnvironment environment)
    {
        var endpoint = new TokenEndpoint(context.Http, context.Time);
        var found = Find(context, settings, environment, endpoint);
        var project = settings.Project ?? environment.Variable("GOOGLE_CLOUD_PROJECT") ?? found.Project ?? found.QuotaProject
            ?? throw new ConfigException($"providers.{context.Name}: Vertex AI needs a project: --vertex-project, or GOOGLE_CLOUD_PROJECT.");
        var location = settings.Location ?? environment.Variable("GOOGLE_CLOUD_LOCATION") ?? DefaultLocation;
        var quotaProject = settings.QuotaProject ?? environment.Variable("GOOGLE_CLOUD_QUOTA_PROJECT") ?? found.QuotaProject;
        return (GeminiAddress.Of(GeminiFlavour.Vertex, settings.Url, project, location), new BearerCredential(new AccessTokens(found.Source, context.Time), quotaProject, found.Advice));
    }

    // The order of Google's own libraries; gcloud itself comes last, as it is slow to start.
    private static CredentialsFile Find(ProviderContext context, GeminiSettings settings, GoogleEnvironment environment, TokenEndpoint endpoint)
    {
        const string advice = "Run `gcloud auth application-default login`, or name a service account's key file with GOOGLE_APPLICATION_CREDENTIALS.";
        var metadata = new MetadataTokens(environment.Variable("GCE_METADATA_HOST") ?? MetadataTokens.DefaultHost, endpoint);
        var gcloud = new GcloudTokens(GcloudTokens.DefaultProgram, context.Time);
        if (settings.Credentials == "gcloud") return new CredentialsFile(gcloud, Project: null, QuotaProject: null, "Run: gcloud auth login");
        if (settings.Credentials == "metadata") return new CredentialsFile(metadata, Project: null, QuotaProject: null, "Check that this machine has a service account with the role Vertex AI User.");
        if ((settings.Credentials ?? environment.CredentialsFile) is { } path) return CredentialsFile.Read(path, endpoint, context.Time);
        return new CredentialsFile(new FirstTokens(metadata, gcloud), Project: null, QuotaProject: null, advice);
    }
}
