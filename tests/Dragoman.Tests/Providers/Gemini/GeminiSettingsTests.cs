using System.Text.Json;
using Dragoman.Providers;
using Dragoman.Providers.Gemini;
using Dragoman.Tokens;

namespace Dragoman.Tests.Providers.Gemini;

/// <summary>Where requests go and with what, by settings and by what Google's tools leave on the machine.</summary>
public sealed class GeminiSettingsTests : IDisposable
{
    private readonly UpstreamHttp _http = new();
    private readonly DirectoryInfo _gcloud = Directory.CreateTempSubdirectory("dragoman-gcloud-");

    [Theory]
    [InlineData("""{"apiKey":"AIza-x"}""", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:countTokens")]
    [InlineData("""{"apiKey":"AQ.x"}""", "https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-pro:countTokens")]
    [InlineData("""{"apiKey":"x","flavour":"vertex-express"}""", "https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-pro:countTokens")]
    [InlineData("""{"apiKey":"x","url":"https://aiplatform.googleapis.com"}""", "https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-pro:countTokens")]
    [InlineData("""{"apiKey":"AQ.x","flavour":"gemini-api","url":"proxy.test/gemini/"}""", "https://proxy.test/gemini/v1beta/models/gemini-2.5-pro:countTokens")]
    [InlineData("""{"apiKey":"x","url":"http://localhost:9/v1beta"}""", "http://localhost:9/v1beta/models/gemini-2.5-pro:countTokens")]
    [InlineData("""{"project":"p1"}""", "https://aiplatform.googleapis.com/v1/projects/p1/locations/global/publishers/google/models/gemini-2.5-pro:countTokens")]
    [InlineData("""{"project":"p1","location":"europe-west4"}""", "https://europe-west4-aiplatform.googleapis.com/v1/projects/p1/locations/europe-west4/publishers/google/models/gemini-2.5-pro:countTokens")]
    [InlineData("""{"flavour":"vertex","apiKey":"AIza-x"}""", "https://us-central1-aiplatform.googleapis.com/v1/projects/p-env/locations/us-central1/publishers/google/models/gemini-2.5-pro:countTokens", "GOOGLE_CLOUD_PROJECT=p-env", "GOOGLE_CLOUD_LOCATION=us-central1")]
    [InlineData("{}", "https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-pro:countTokens", "GOOGLE_API_KEY=AQ.x")]
    public void Each_flavour_has_its_address(string settings, string address, params string[] environment) =>
        Assert.Equal(address, Access(settings, environment).Address.Method("gemini-2.5-pro", "countTokens").AbsoluteUri);

    [Fact]
    public void A_models_name_cannot_lead_to_another_path() =>
        Assert.Equal("https://generativelanguage.googleapis.com/v1beta/models/..%2F..%2Fx%3Fy%23:countTokens", Access("""{"apiKey":"x"}""").Address.Method("../../x?y#", "countTokens").AbsoluteUri);

    [Fact]
    public async Task The_settings_key_goes_before_that_of_the_environment_and_into_a_header()
    {
        Assert.Equal("mine", await Key("""{"apiKey":" mine "}""", "GEMINI_API_KEY=env"));
        Assert.Equal("env", await Key("{}", "GEMINI_API_KEY=env", "GOOGLE_API_KEY=other"));
        Assert.Equal("other", await Key("{}", "GOOGLE_API_KEY=other"));
    }

    [Theory]
    [InlineData("{}", "there is no key for Gemini")]
    [InlineData("""{"flavour":"vertex"}""", "Vertex AI needs a project")]
    [InlineData("""{"project":"p","location":"evil.test/"}""", "location 'evil.test/' is none")]
    [InlineData("""{"apiKey":"x\ny"}""", "has a character in it that no key has")]
    [InlineData("""{"apiKey":"x","url":"ftp://x"}""", "is not a URL")]
    [InlineData("""{"apiKey":"x","url":"https://x.test/?key=y"}""", "is not a URL")]
    [InlineData("""{"project":"p","credentials":"/nowhere/key.json"}""", "/nowhere/key.json can't be read")]
    [InlineData("""{"apiKey":"x","flavour":"azure"}""", "providers.gemini")]
    [InlineData("""{"key":"x"}""", "there is no setting 'key'")]
    public void What_is_wrong_is_said_at_the_start(string settings, string why) => Assert.Contains(why, Assert.Throws<ConfigException>(() => Access(settings)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Credentials_are_found_where_googles_libraries_find_them()
    {
        await using var google = await ScriptedGoogle.StartAsync(request => new GoogleReply($$"""{"access_token":"token-of-{{request.Url[1..]}}","expires_in":3600}"""));
        string User(string name) => $$"""{"type":"authorized_user","client_id":"i","client_secret":"s","refresh_token":"r","quota_project_id":"pays-{{name}}","token_uri":"{{google.Url}}/{{name}}"}""";
        await File.WriteAllTextAsync(Path.Combine(_gcloud.FullName, "application_default_credentials.json"), User("login"));
        var named = Path.Combine(_gcloud.FullName, "named.json");
        await File.WriteAllTextAsync(named, User("named"));

        Assert.Equal(("Bearer token-of-login", "pays-login"), await Headers("""{"flavour":"vertex"}"""));
        Assert.Equal(("Bearer token-of-named", "pays-named"), await Headers("""{"project":"p"}""", $"GOOGLE_APPLICATION_CREDENTIALS={named}"));
        Assert.Equal(("Bearer token-of-named", "q"), await Headers($$"""{"project":"p","quotaProject":"q","credentials":{{JsonSerializer.Serialize(named)}}}"""));
        Assert.Equal("Bearer token-of-computeMetadata", (await Headers("""{"project":"p","credentials":"metadata"}""", $"GCE_METADATA_HOST={new Uri(google.Url).Authority}")).Authorization[..31]);
        // Without a project in the settings it is the one that pays.
        Assert.Contains("/projects/pays-login/", Access("""{"flavour":"vertex"}""").Address.Method("m", "x").AbsoluteUri, StringComparison.Ordinal);
    }

    private async Task<(string Authorization, string? QuotaProject)> Headers(string settings, params string[] environment)
    {
        using var request = new HttpRequestMessage();
        await Access(settings, environment).Credential.AuthorizeAsync(request, key: null, CancellationToken.None);
        return (request.Headers.Authorization!.ToString(), request.Headers.TryGetValues("x-goog-user-project", out var project) ? project.Single() : null);
    }

    private async Task<string> Key(string settings, params string[] environment)
    {
        using var request = new HttpRequestMessage();
        var access = Access(settings, environment);
        await access.Credential.AuthorizeAsync(request, await access.Keys.AskAsync(Task.FromResult), CancellationToken.None);
        return request.Headers.GetValues("x-goog-api-key").Single();
    }

    private GeminiAccess Access(string settings, params string[] environment)
    {
        var section = JsonDocument.Parse(settings).RootElement;
        var variables = environment.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var options = new DragomanOptions();
        var context = new ProviderContext("gemini", section, _http, TimeProvider.System, new IdSource(), new TokenEstimator(options.TokenCounter, new Calibration()), options);
        return GeminiAccess.Of(context, GeminiSettings.Read("gemini", section), new GoogleEnvironment(name => variables.GetValueOrDefault(name), _gcloud.FullName));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _gcloud.Delete(recursive: true);
    }
}
