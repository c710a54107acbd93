using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.Tests.Upstreams;

/// <summary>Keys, access tokens, the list of models and the counting of tokens.</summary>
public sealed class SimulatedGeminiAccessTests
{
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("/v1beta/models/M:generateContent", null, 403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers")]
    [InlineData("/v1beta/models/M:generateContent", "AQ.simulated", 400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")]
    [InlineData("/v1/publishers/google/models/M:generateContent", "AIza-simulated", 400, "INVALID_ARGUMENT", "API_KEY_INVALID")]
    [InlineData("/v1/publishers/google/models/M:generateContent", null, 401, "UNAUTHENTICATED", "CREDENTIALS_MISSING")]
    [InlineData("/v1/projects/simulated-project/locations/global/publishers/google/models/M:generateContent", "AQ.simulated", 401, "UNAUTHENTICATED", "API keys are not supported by this API.")]
    [InlineData("/v1/projects/simulated-project/locations/global/publishers/google/models/M:generateContent", "Bearer nonsense", 401, "UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED")]
    public async Task Wrong_credentials_are_refused(string path, string? credential, int status, string name, string text)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(GeminiClient.Ask("hi")) };
        if (credential is not null) request.Headers.TryAddWithoutValidation(credential.StartsWith("Bearer ", StringComparison.Ordinal) ? "Authorization" : "x-goog-api-key", credential);
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(name, JsonElement.Parse(body).GetProperty("error").GetProperty("status").GetString());
        Assert.Contains(text, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_expire_and_can_be_revoked_and_open_one_project()
    {
        var clock = new SetClock(Noon);
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent() with { Clock = clock });
        var token = client.Server.NewAccessToken();
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(client, token)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(client, token, "other")).Status);
        clock.Now += TimeSpan.FromHours(1);
        Assert.Contains("ACCESS_TOKEN_EXPIRED", (await AskAsync(client, token)).Body, StringComparison.Ordinal);
        token = client.Server.NewAccessToken();
        client.Server.RevokeTokens();
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(client, token)).Status);
    }

    [Theory]
    [InlineData("good", null)]
    [InlineData("signature", "Invalid JWT Signature.")]
    [InlineData("audience", "Failed audience check")]
    [InlineData("account", "account not found")]
    [InlineData("scope", "Invalid OAuth scope")]
    [InlineData("long", "short-lived token")]
    [InlineData("expired", "short-lived token")]
    public async Task A_service_account_signs_for_its_token(string fault, string? refusal)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent() with { Clock = new SetClock(Noon) });
        var file = JsonElement.Parse(SimulatedAccount.ServiceAccountFile(client.Server.TokenUrl));
        var issued = Noon.ToUnixTimeSeconds() - (fault == "expired" ? 7200 : 0);
        var assertion = Sign(
            file.GetProperty("private_key").GetString()!,
            JsonSerializer.Serialize(new
            {
                iss = fault == "account" ? "somebody@else" : file.GetProperty("client_email").GetString(),
                aud = fault == "audience" ? "https://else" : file.GetProperty("token_uri").GetString(),
                scope = fault == "scope" ? "email" : "https://www.googleapis.com/auth/cloud-platform",
                iat = issued,
                exp = issued + (fault == "long" ? 7200 : 3600),
            }));
        if (fault == "signature") assertion = assertion[..^20] + new string('A', 20);
        var (status, body) = await GrantAsync(client, ("grant_type", JwtBearer), ("assertion", assertion));
        if (refusal is null)
        {
            Assert.Equal(3599, body.GetProperty("expires_in").GetInt32());
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(client, body.GetProperty("access_token").GetString()!)).Status);
        }
        else
        {
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(refusal, body.GetProperty("error_description").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_user_refreshes_the_token()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var file = JsonElement.Parse(SimulatedAccount.AuthorizedUserFile(client.Server.TokenUrl, "payer"));
        Assert.Equal("payer", file.GetProperty("quota_project_id").GetString());
        (string, string)[] form = [("grant_type", "refresh_token"), Field("client_id"), Field("client_secret"), Field("refresh_token")];
        var (_, body) = await GrantAsync(client, form);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(client, body.GetProperty("access_token").GetString()!)).Status);
        form[^1].Item2 = "wrong";
        Assert.Equal("invalid_grant", (await GrantAsync(client, form)).Body.GetProperty("error").GetString());
        form[1].Item2 = "wrong";
        Assert.Equal("invalid_client", (await GrantAsync(client, form)).Body.GetProperty("error").GetString());

        (string, string) Field(string name) => (name, file.GetProperty(name).GetString()!);
    }

    [Fact]
    public async Task The_metadata_server_gives_a_token_to_who_names_its_flavour()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        const string path = "/computeMetadata/v1/instance/service-accounts/default/token";
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path))).StatusCode);
        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Metadata-Flavor", "Google" } } });
        var token = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("access_token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(client, token)).Status);
        Assert.Equal(1, client.Server.IssuedTokens);
    }

    [Fact]
    public async Task Models_are_listed_in_pages_with_their_limits()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var names = new List<string?>();
        for (string? page = ""; page is not null;)
        {
            using var response = await client.SendAsync(HttpMethod.Get, $"/v1beta/models?pageSize=4&pageToken={page}", body: null);
            var list = JsonElement.Parse(await response.Content.ReadAsStringAsync());
            names.AddRange(list.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()));
            page = list.TryGetProperty("nextPageToken", out var next) ? next.GetString() : null;
        }

        Assert.Equal(SimulatedGeminiModel.Usual.Select(model => $"models/{model.Name}"), names);
        using var one = await client.SendAsync(HttpMethod.Get, $"/v1beta/models/{GeminiClient.Model}", body: null);
        Assert.Equal(65_536, JsonElement.Parse(await one.Content.ReadAsStringAsync()).GetProperty("outputTokenLimit").GetInt32());
        // Vertex AI has no such list.
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(HttpMethod.Get, "/v1/publishers/google/models", body: null)).StatusCode);
    }

    [Fact]
    public async Task Tokens_are_counted_in_each_flavours_form()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var withSystem = GeminiClient.Ask("hi", ""","systemInstruction":{"parts":[{"text":"12345678"}]}""");
        var whole = $$"""{"model":"models/{{GeminiClient.Model}}",""" + withSystem[1..];
        var (_, plain) = await client.AskAsync("countTokens", GeminiClient.Ask("hi"));
        var (_, more) = await client.AskAsync("countTokens", $$"""{"generateContentRequest":{{whole}}}""");
        Assert.True(JsonElement.Parse(more).GetProperty("totalTokens").GetInt32() > JsonElement.Parse(plain).GetProperty("totalTokens").GetInt32());
        Assert.Equal(HttpStatusCode.BadRequest, (await client.AskAsync("countTokens", withSystem)).Status);
        client.Flavour = ApiFlavour.Vertex;
        var (status, body) = await client.AskAsync("countTokens", withSystem);
        Assert.True(status == HttpStatusCode.OK, body);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.AskAsync("countTokens", $$"""{"generateContentRequest":{{whole}}}""")).Status);
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(GeminiClient client, string token, string project = "simulated-project")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/projects/{project}/locations/europe-west4/publishers/google/models/{GeminiClient.Model}:generateContent")
        {
            Content = new StringContent(GeminiClient.Ask("hi"), Encoding.UTF8, "application/json"),
            Headers = { Authorization = new("Bearer", token) },
        };
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GrantAsync(GeminiClient client, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token") { Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))) };
        using var response = await client.SendAsync(request);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static string Sign(string privateKey, string claims)
    {
        using var key = RSA.Create();
        key.ImportFromPem(privateKey);
        var signed = $"{Encode("""{"alg":"RS256","typ":"JWT"}"""u8)}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Encode(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private sealed class SetClock(DateTimeOffset start) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
