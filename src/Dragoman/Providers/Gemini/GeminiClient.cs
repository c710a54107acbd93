using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Providers.Gemini.Credentials;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Overrides;

namespace Dragoman.Providers.Gemini;

/// <summary>The HTTP side of the provider: requests to one of Google's APIs and what can go wrong on the way.</summary>
internal sealed class GeminiClient(UpstreamHttp http, GeminiAddress address, IGeminiCredential credential, KeyRing keys, TargetOverrides general, GeminiErrors errors)
{
    // A list of models or an error text; larger answers are not Google's.
    private const int MaxAnswerBytes = 16 << 20;

    /// <summary>Sends a request for an answer as a stream; returns when its headers are there.</summary>
    /// <exception cref="HttpRequestException">The API can't be reached.</exception>
    /// <exception cref="UpstreamException">There are no credentials.</exception>
    public Task<HttpResponseMessage> GenerateAsync(string model, ReadOnlyMemory<byte> body, string? key, TargetOverrides overrides, CancellationToken cancellationToken) =>
        SendAsync(address.Method(model, "streamGenerateContent?alt=sse"), body, key, overrides, cancellationToken);

    /// <summary>Counts a prompt, or asks another question about a model that is answered with one JSON object.</summary>
    /// <exception cref="UpstreamException">The API can't be reached or refuses.</exception>
    public Task<JsonDocument> AskAsync(string model, string method, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        AskAsync(address.Method(model, method), body, model, cancellationToken);

    /// <summary>A page of the list of models.</summary>
    /// <exception cref="UpstreamException">The API can't be reached or refuses.</exception>
    public Task<JsonDocument> ListModelsAsync(string? pageToken, CancellationToken cancellationToken) => AskAsync(address.Models(pageToken), body: null, model: "", cancellationToken);

    /// <summary>The body of an error, as text.</summary>
    public static async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>The <c>Retry-After</c> of a refusal.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;

    private Task<JsonDocument> AskAsync(Uri uri, ReadOnlyMemory<byte>? body, string model, CancellationToken cancellationToken) =>
        keys.AskAsync(key => AskAsync(uri, body, model, key, cancellationToken));

    private async Task<JsonDocument> AskAsync(Uri uri, ReadOnlyMemory<byte>? body, string model, string? key, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(uri, body, key, general, cancellationToken);
            var answer = await ReadTextAsync(response, cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK) throw new UpstreamException(errors.FromStatus(response.StatusCode, answer, RetryAfter(response), model));
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

    // A token may be refused before it expires (revoked, or the clock is wrong): the next one may be good, so it is tried once.
    private async Task<HttpResponseMessage> SendAsync(Uri uri, ReadOnlyMemory<byte>? body, string? key, TargetOverrides overrides, CancellationToken cancellationToken)
    {
        var first = await SendOnceAsync(uri, body, key, overrides, cancellationToken);
        if (first.StatusCode != HttpStatusCode.Unauthorized || !credential.Renew(first.RequestMessage!)) return first;
        first.Dispose();
        return await SendOnceAsync(uri, body, key, overrides, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(Uri uri, ReadOnlyMemory<byte>? body, string? key, TargetOverrides overrides, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, uri);
        if (body is { } json) request.Content = new ReadOnlyMemoryContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            await credential.AuthorizeAsync(request, key, cancellationToken);
        }
        catch (CredentialException none)
        {
            throw new UpstreamException(errors.NoCredentials(none.Message, none.Refused));
        }

        overrides.WriteHeaders(request);
        return await http.SendAsync(request, cancellationToken);
    }
}
