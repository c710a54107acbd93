using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Overrides;

namespace Dragoman.Providers.OpenAi;

/// <summary>The HTTP side of the provider: requests to one server and what can go wrong on the way.</summary>
/// <param name="http">Connections.</param>
/// <param name="address">The API's base address.</param>
/// <param name="keys">The keys, for questions beside the API's.</param>
/// <param name="general">What the configuration changes of every request.</param>
/// <param name="errors">Texts of failures.</param>
/// <param name="time">The clock.</param>
internal sealed class OpenAiClient(UpstreamHttp http, Uri address, KeyRing keys, TargetOverrides general, OpenAiErrors errors, TimeProvider time)
{
    // A list of models (OpenRouter's has megabytes) or an error text; larger answers are not the API's.
    private const int MaxAnswerBytes = 32 << 20;

    // A question about models is answered at once by a server that is alive.
    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(10);

    // What a server may ask for; more is a mistake of it, or of its clock.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    /// <summary>Sends a request for an answer; returns when its headers are there.</summary>
    /// <exception cref="HttpRequestException">The server can't be reached.</exception>
    public Task<HttpResponseMessage> GenerateAsync(OpenAiApi api, HttpContent body, string? key, TargetOverrides overrides, CancellationToken cancellationToken) =>
        http.SendAsync(Request(HttpMethod.Post, At(api == OpenAiApi.Responses ? "responses" : "chat/completions"), body, key, overrides), cancellationToken);

    /// <summary>The list of models.</summary>
    /// <exception cref="UpstreamException">The server can't be reached or refuses.</exception>
    public Task<JsonDocument> ListModelsAsync(CancellationToken cancellationToken) => AskAsync(At("models"), body: null, cancellationToken);

    /// <summary>Asks one of the server's own endpoints, beside the API (<c>/props</c>, <c>/tokenize</c>).</summary>
    /// <param name="path">The path, which begins at the server's root.</param>
    /// <param name="body">The question; null: GET.</param>
    /// <param name="cancellationToken">The asker is gone.</param>
    /// <exception cref="UpstreamException">The server can't be reached or refuses.</exception>
    public Task<JsonDocument> AskServerAsync(string path, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        // Beside "/v1", also behind a proxy that puts the server somewhere else than at its root.
        var prefix = address.AbsolutePath.TrimEnd('/');
        if (prefix.EndsWith("/v1", StringComparison.OrdinalIgnoreCase)) prefix = prefix[..^"/v1".Length];
        return AskAsync(new UriBuilder(address) { Path = prefix + path }.Uri, body, cancellationToken);
    }

    /// <summary>The body of an error, as text.</summary>
    public static async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>When a refusal says that it is worth trying again.</summary>
    public TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        TimeSpan? wait = null;
        // OpenAI's finer form comes beside the standard one.
        if (response.Headers.TryGetValues("retry-after-ms", out var values) && double.TryParse(values.First(), CultureInfo.InvariantCulture, out var milliseconds))
        {
            wait = milliseconds is >= 0 and < int.MaxValue ? TimeSpan.FromMilliseconds(milliseconds) : null;
        }

        wait ??= response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait is { } known && known >= TimeSpan.Zero ? (known < LongestWait ? known : LongestWait) : null;
    }

    private Task<JsonDocument> AskAsync(Uri uri, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken) => keys.AskAsync(key => AskAsync(uri, body, key, cancellationToken));

    private async Task<JsonDocument> AskAsync(Uri uri, ReadOnlyMemory<byte>? body, string? key, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(QuestionTimeout);
        try
        {
            var content = body is { } json ? new ReadOnlyMemoryContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } : null;
            using var request = Request(content is null ? HttpMethod.Get : HttpMethod.Post, uri, content, key, general);
            using var response = await http.SendAsync(request, limit.Token);
            var answer = await ReadTextAsync(response, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK) throw new UpstreamException(errors.FromStatus(response.StatusCode, answer, RetryAfter(response), terms: null));
            return JsonDocument.Parse(answer);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new UpstreamException(errors.Unreachable(failed));
        }
        catch (JsonException unreadable)
        {
            throw new UpstreamException(errors.Unreadable("", unreadable.Message));
        }
    }

    // A query (Azure's api-version) belongs to every address.
    private Uri At(string method) => new UriBuilder(address) { Path = address.AbsolutePath + method }.Uri;

    private static HttpRequestMessage Request(HttpMethod method, Uri uri, HttpContent? body, string? key, TargetOverrides overrides)
    {
        var request = new HttpRequestMessage(method, uri) { Content = body };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        overrides.WriteHeaders(request);
        return request;
    }
}
