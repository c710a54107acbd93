using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Providers;
using Dragoman.Providers.Gemini.Credentials;

namespace Dragoman.Tests.Providers.Gemini;

/// <summary>Keys and tokens, against a token endpoint on loopback.</summary>
public sealed class CredentialTests : IDisposable
{
    private readonly UpstreamHttp _http = new();
    private readonly SteppedClock _clock = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dragoman-credentials-");

    [Fact]
    public async Task A_service_account_signs_its_own_assertion()
    {
        await using var google = await ScriptedGoogle.StartAsync(_ => Token("ya29.service"));
        using var key = RSA.Create(2048);
        var file = Write("key.json", $$"""{"type":"service_account","project_id":"p1","private_key_id":"k1","private_key":{{JsonSerializer.Serialize(key.ExportPkcs8PrivateKeyPem())}},"client_email":"a@p1.test","token_uri":"{{google.Url}}/token"}""");
        var credentials = CredentialsFile.Read(file, Endpoint, _clock);
        var token = await credentials.Source.FetchAsync(CancellationToken.None);

        Assert.Equal("p1", credentials.Project);
        Assert.Equal(new AccessToken("ya29.service", _clock.GetUtcNow().AddSeconds(3600)), token);
        var form = Form(google.Requests.Single());
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", form["grant_type"]);
        var parts = form["assertion"].Split('.');
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal("""{"alg":"RS256","typ":"JWT","kid":"k1"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal($$"""{"iss":"a@p1.test","scope":"https://www.googleapis.com/auth/cloud-platform","aud":"{{google.Url}}/token","iat":{{now}},"exp":{{now + 3600}}}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])));
    }

    [Fact]
    public async Task A_user_is_known_by_the_refresh_token_of_gcloud()
    {
        await using var google = await ScriptedGoogle.StartAsync(_ => Token("ya29.user"));
        var credentials = CredentialsFile.Read(User(google), Endpoint, _clock);
        Assert.Equal("ya29.user", (await credentials.Source.FetchAsync(CancellationToken.None)).Value);
        Assert.Equal("pays", credentials.QuotaProject);
        var form = Form(google.Requests.Single());
        Assert.Equal(("refresh_token", "id", "secret", "1//refresh"), (form["grant_type"], form["client_id"], form["client_secret"], form["refresh_token"]));
    }

    [Fact]
    public async Task A_machine_asks_its_metadata_server()
    {
        await using var google = await ScriptedGoogle.StartAsync(_ => Token("ya29.machine"));
        Assert.Equal("ya29.machine", (await new MetadataTokens(new Uri(google.Url).Authority, Endpoint).FetchAsync(CancellationToken.None)).Value);
        var request = google.Requests.Single();
        Assert.StartsWith("/computeMetadata/v1/instance/service-accounts/default/token", request.Url, StringComparison.Ordinal);
        Assert.Equal("Google", request.Headers["Metadata-Flavor"]);
    }

    [Fact]
    public async Task Gcloud_prints_a_token_or_says_why_not()
    {
        if (OperatingSystem.IsWindows()) return;
        var good = Script("#!/bin/sh\n[ \"$1 $2\" = \"auth print-access-token\" ] && echo ya29.gcloud\n");
        Assert.Equal("ya29.gcloud", (await new GcloudTokens(good, _clock).FetchAsync(CancellationToken.None)).Value);
        var bad = Script("#!/bin/sh\necho 'ERROR: not signed in' >&2\nexit 1\n");
        Assert.Equal("`gcloud auth print-access-token` gave no token: ERROR: not signed in", (await Assert.ThrowsAsync<CredentialException>(() => new GcloudTokens(bad, _clock).FetchAsync(CancellationToken.None))).Message);
        Assert.True((await Assert.ThrowsAsync<CredentialException>(() => new GcloudTokens("/nowhere/gcloud", _clock).FetchAsync(CancellationToken.None))).Refused);
    }

    [Fact]
    public async Task The_first_source_that_has_a_token_stays_the_one()
    {
        var none = new CountedTokens(_clock) { Fails = true };
        var some = new CountedTokens(_clock);
        var tokens = new FirstTokens(none, some);
        await tokens.FetchAsync(CancellationToken.None);
        await tokens.FetchAsync(CancellationToken.None);
        Assert.Equal((1, 2), (none.Fetches, some.Fetches));
    }

    [Fact]
    public async Task One_fetch_serves_all_who_wait()
    {
        var source = new CountedTokens(_clock) { Gate = new TaskCompletionSource() };
        var tokens = new AccessTokens(source, _clock);
        var waiting = Enumerable.Range(0, 20).Select(_ => tokens.GetAsync(CancellationToken.None).AsTask()).ToList();
        source.Gate.SetResult();
        Assert.Equal(["token-1"], (await Task.WhenAll(waiting)).Distinct());
        Assert.Equal(1, source.Fetches);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_expires_while_nobody_waits()
    {
        var source = new CountedTokens(_clock);
        var tokens = new AccessTokens(source, _clock);
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));
        _clock.Pass(TimeSpan.FromMinutes(55));
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));
        Assert.Equal(1, source.Fetches);
        _clock.Pass(TimeSpan.FromMinutes(2));
        source.Gate = new TaskCompletionSource();
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));
        source.Gate.SetResult();
        await Until(async () => await tokens.GetAsync(CancellationToken.None) == "token-2");
        _clock.Pass(TimeSpan.FromHours(2));
        Assert.Equal("token-3", await tokens.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task When_renewal_fails_the_old_token_serves_as_long_as_it_is_good()
    {
        var source = new CountedTokens(_clock);
        var tokens = new AccessTokens(source, _clock);
        await tokens.GetAsync(CancellationToken.None);
        source.Fails = true;
        _clock.Pass(TimeSpan.FromMinutes(57));
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));
        await Until(() => ValueTask.FromResult(source.Fetches == 2));
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));
        _clock.Pass(TimeSpan.FromMinutes(3));
        Assert.Equal("no token", (await Assert.ThrowsAsync<CredentialException>(async () => await tokens.GetAsync(CancellationToken.None))).Message);
    }

    [Fact]
    public async Task Only_the_token_that_was_refused_is_forgotten()
    {
        var source = new CountedTokens(_clock);
        var tokens = new AccessTokens(source, _clock);
        await tokens.GetAsync(CancellationToken.None);
        tokens.Forget("token-1");
        Assert.Equal("token-2", await tokens.GetAsync(CancellationToken.None));
        tokens.Forget("token-1");
        Assert.Equal("token-2", await tokens.GetAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"Token has been expired or revoked."}""", "invalid_grant: Token has been expired or revoked.", true)]
    [InlineData(503, "busy", "busy", false)]
    [InlineData(200, "{}", "there is no access_token in it", false)]
    public async Task A_refused_exchange_says_why(int status, string body, string why, bool refused)
    {
        await using var google = await ScriptedGoogle.StartAsync(_ => new GoogleReply(body, status));
        var credentials = CredentialsFile.Read(User(google), Endpoint, _clock);
        var failure = await Assert.ThrowsAsync<CredentialException>(() => credentials.Source.FetchAsync(CancellationToken.None));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("1//refresh", failure.Message, StringComparison.Ordinal);
        Assert.Equal(refused, failure.Refused);
    }

    [Theory]
    [InlineData("""{"type":"external_account"}""", "is of the type 'external_account', which is not supported")]
    [InlineData("""{"type":"authorized_user","client_id":"x"}""", "it has no client_secret")]
    [InlineData("""{"type":"service_account","client_email":"x","private_key":"-----BEGIN x"}""", "can't be read")]
    [InlineData("not json", "can't be read")]
    public void A_file_that_is_no_use_is_refused_at_once(string content, string why) =>
        Assert.Contains(why, Assert.Throws<ConfigException>(() => CredentialsFile.Read(Write("bad.json", content), Endpoint, _clock)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_service_accounts_key_is_not_written_anywhere() =>
        Assert.DoesNotContain("PEM", new ServiceAccount("a@b", "PEM", "k", new Uri("https://x.test")).ToString(), StringComparison.Ordinal);

    private TokenEndpoint Endpoint => new(_http, _clock);

    private static GoogleReply Token(string token) => new($$"""{"access_token":"{{token}}","expires_in":3600,"token_type":"Bearer"}""");

    private string User(ScriptedGoogle google) =>
        Write("user.json", $$"""{"type":"authorized_user","client_id":"id","client_secret":"secret","refresh_token":"1//refresh","quota_project_id":"pays","token_uri":"{{google.Url}}/token"}""");

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    private string Script(string content)
    {
        var path = Write($"gcloud-{content.Length}", content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static Dictionary<string, string> Form(GoogleRequest request) =>
        request.Body.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')), StringComparer.Ordinal);

    private static async Task Until(Func<ValueTask<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private sealed class CountedTokens(TimeProvider time) : ITokenSource
    {
        private int _fetches;

        public bool Fails { get; set; }

        public int Fetches => Volatile.Read(ref _fetches);

        public TaskCompletionSource? Gate { get; set; }

        public async Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _fetches);
            if (Gate is not null) await Gate.Task.WaitAsync(cancellationToken);
            return Fails ? throw new CredentialException("no token", refused: true) : new AccessToken($"token-{number}", time.GetUtcNow().AddHours(1));
        }
    }
}
