using System.Net;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.Tests.Upstreams;

/// <summary>A plain client of a simulated Gemini, together with the server. It speaks the Gemini API unless another flavour is chosen.</summary>
internal sealed class GeminiClient : IAsyncDisposable
{
    public const string Model = "gemini-3.8-flash";

    // Without this, disposing an unfinished response reads on for up to two seconds before the connection is closed.
    private readonly HttpClient http = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero });
    private readonly GeminiScenario scenario;

    private GeminiClient(SimulatedGemini server, GeminiScenario scenario)
    {
        this.scenario = scenario;
        Server = server;
        http.BaseAddress = server.Url;
    }

    public SimulatedGemini Server { get; }

    /// <summary>The door to go through.</summary>
    public ApiFlavour Flavour { get; set; }

    public static async Task<GeminiClient> StartAsync(GeminiScenario scenario) => new(await SimulatedGemini.StartAsync(scenario), scenario);

    /// <summary>The path of a method.</summary>
    public string Path(string method, string model = Model) => Flavour switch
    {
        ApiFlavour.Vertex => $"/v1/projects/{scenario.Project}/locations/global/publishers/google/models/{model}:{method}",
        ApiFlavour.VertexExpress => $"/v1/publishers/google/models/{model}:{method}",
        _ => $"/v1beta/models/{model}:{method}",
    };

    /// <summary>Sends any request with this flavour's credential; completes when the response's headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (Flavour == ApiFlavour.Vertex) request.Headers.Authorization = new("Bearer", Server.NewAccessToken());
        else request.Headers.Add("x-goog-api-key", Flavour == ApiFlavour.GeminiApi ? scenario.ApiKey : scenario.ExpressKey);
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Sends a request without a credential of its own.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => http.SendAsync(request);

    /// <summary>Status and body of a method.</summary>
    public async Task<(HttpStatusCode Status, string Body)> AskAsync(string method, string body, string model = Model)
    {
        using var response = await SendAsync(HttpMethod.Post, Path(method, model), body);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The chunks of an answer as server-sent events.</summary>
    public async Task<IReadOnlyList<JsonElement>> ChunksAsync(string body, string model = Model)
    {
        var (status, text) = await AskAsync("streamGenerateContent?alt=sse", body, model);
        Assert.True(status == HttpStatusCode.OK, text);
        return [.. text.Split("\r\n\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line["data: ".Length..]))];
    }

    /// <summary>The message of the error that a body is refused with.</summary>
    public async Task<string> RefusalAsync(string body, string model = Model)
    {
        var (status, text) = await AskAsync("generateContent", body, model);
        Assert.True(status == HttpStatusCode.BadRequest, $"{status}: {text}");
        var error = JsonElement.Parse(text).GetProperty("error");
        Assert.Equal(400, error.GetProperty("code").GetInt32());
        Assert.Equal("INVALID_ARGUMENT", error.GetProperty("status").GetString());
        return error.GetProperty("message").GetString()!;
    }

    /// <summary>All parts of some chunks.</summary>
    public static IReadOnlyList<JsonElement> Parts(IEnumerable<JsonElement> chunks) =>
    [
        .. chunks.Where(chunk => chunk.TryGetProperty("candidates", out _)).Select(chunk => chunk.GetProperty("candidates")[0])
            .Where(candidate => candidate.TryGetProperty("content", out var content) && content.TryGetProperty("parts", out _))
            .SelectMany(candidate => candidate.GetProperty("content").GetProperty("parts").EnumerateArray()),
    ];

    /// <summary>The text of some chunks, without thoughts.</summary>
    public static string Text(IEnumerable<JsonElement> chunks) => string.Concat(Parts(chunks)
        .Where(part => part.TryGetProperty("text", out _) && !part.TryGetProperty("thought", out _)).Select(part => part.GetProperty("text").GetString()));

    /// <summary>The reason that some chunks end with.</summary>
    public static string? FinishReason(IEnumerable<JsonElement> chunks) => chunks.Last().GetProperty("candidates")[0].GetProperty("finishReason").GetString();

    /// <summary>A request of one user message.</summary>
    /// <param name="text">The message.</param>
    /// <param name="more">More fields, as JSON members with a leading comma.</param>
    public static string Ask(string text, string more = "") => $$"""{"contents":[{{User(text)}}]{{more}}}""";

    public static string User(string text) => $$"""{"role":"user","parts":[{"text":{{OllamaClient.Quote(text)}}}]}""";

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Server.DisposeAsync();
    }
}
