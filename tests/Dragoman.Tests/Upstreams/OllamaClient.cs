using System.Net;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Upstreams;

/// <summary>A plain client of a simulated Ollama, together with the server.</summary>
internal sealed class OllamaClient : IAsyncDisposable
{
    // Without this, disposing an unfinished response reads on for up to two seconds before the connection is closed.
    private readonly HttpClient http = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero });

    private OllamaClient(SimulatedOllama server)
    {
        Server = server;
        http.BaseAddress = server.Url;
    }

    public SimulatedOllama Server { get; }

    public static async Task<OllamaClient> StartAsync(OllamaScenario scenario) => new(await SimulatedOllama.StartAsync(scenario));

    /// <summary>Sends a chat request; completes when the response's headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(string body, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "/api/chat", body, cancellationToken);

    /// <summary>Status and body of any endpoint.</summary>
    public async Task<(HttpStatusCode Status, string Body)> AskAsync(HttpMethod method, string path, string? body = null)
    {
        using var response = await SendAsync(method, path, body, CancellationToken.None);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The whole body of a chat response, and its status.</summary>
    public async Task<(HttpStatusCode Status, string Body)> ChatAsync(string body)
    {
        using var response = await SendAsync(body);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The lines of a streamed chat response.</summary>
    public async Task<IReadOnlyList<JsonElement>> LinesAsync(string body)
    {
        var (_, text) = await ChatAsync(body);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    /// <summary>The text that the lines carry.</summary>
    public static string Content(IEnumerable<JsonElement> lines) =>
        string.Concat(lines.Select(line => line.GetProperty("message").GetProperty("content").GetString()));

    /// <summary>A request of one user message.</summary>
    /// <param name="text">The message.</param>
    /// <param name="more">More fields, as JSON members with a leading comma.</param>
    /// <param name="model">The model.</param>
    public static string Ask(string text, string more = "", string model = "llama3.1:8b") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":{{Quote(text)}}}]{{more}}}""";

    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken) => http.SendAsync(
        new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") },
        HttpCompletionOption.ResponseHeadersRead,
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Server.DisposeAsync();
    }
}
