using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Overrides;

namespace Dragoman.Providers.Ollama;

/// <summary>The HTTP side of the provider: requests to one Ollama server and what can go wrong on the way.</summary>
internal sealed class OllamaClient(UpstreamHttp http, Uri address, KeyRing keys, TargetOverrides general, OllamaErrors errors)
{
    // A list of models or an error text; larger answers are not Ollama's.
    private const int MaxAnswerBytes = 16 << 20;

    // A question about models is answered at once by a server that is alive, even while a model loads.
    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Sends a chat request; returns when the first chunk is on its way, which may take minutes.</summary>
    /// <exception cref="HttpRequestException">The server can't be reached.</exception>
    public Task<HttpResponseMessage> ChatAsync(UpstreamBody body, string? key, TargetOverrides overrides, CancellationToken cancellationToken) =>
        http.SendAsync(Request("api/chat", body.ToContent(), key, overrides), cancellationToken);

    /// <summary>Asks a question that is answered with one JSON object.</summary>
    /// <exception cref="UpstreamException">The server can't be reached or refuses.</exception>
    public Task<JsonDocument> AskAsync(string path, ReadOnlyMemory<byte>? body, string model, CancellationToken cancellationToken) =>
        keys.AskAsync(key => AskAsync(path, body, model, key, cancellationToken));

    private async Task<JsonDocument> AskAsync(string path, ReadOnlyMemory<byte>? body, string model, string? key, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(QuestionTimeout);
        try
        {
            using var request = Request(path, body is { } json ? new ReadOnlyMemoryContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } : null, key, general);
            using var response = await http.SendAsync(request, limit.Token);
            var answer = await ReadTextAsync(response, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK) throw new UpstreamException(errors.FromStatus(response.StatusCode, answer, RetryAfter(response), model, default));
            return JsonDocument.Parse(answer);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new UpstreamException(errors.Unreachable(failed));
        }
        catch (JsonException unreadable)
        {
            throw new UpstreamException(errors.Unreadable(model, unreadable.Message));
        }
    }

    /// <summary>Asks for something that may take minutes; returns when the answer begins.</summary>
    /// <exception cref="HttpRequestException">The server can't be reached.</exception>
    public Task<HttpResponseMessage> SendAsync(string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        keys.AskAsync(key => http.SendAsync(Request(path, new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } }, key, general), cancellationToken));

    /// <summary>What the server says of a model.</summary>
    /// <exception cref="UpstreamException">The server can't be reached, or doesn't have the model.</exception>
    public Task<JsonDocument> ShowAsync(string model, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, JsonOutput.Options))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model);
            json.WriteEndObject();
        }

        return AskAsync("api/show", body.WrittenMemory, model, cancellationToken);
    }

    /// <summary>The body of an error, as text.</summary>
    public static async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>The <c>Retry-After</c> of a refusal.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;

    private HttpRequestMessage Request(string path, HttpContent? body, string? key, TargetOverrides overrides)
    {
        var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(address, path)) { Content = body };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        overrides.WriteHeaders(request);
        return request;
    }
}
