using System.Net.Http.Headers;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.Anthropic;

/// <summary>The HTTP side of the provider: the client's requests under another key.</summary>
internal sealed class AnthropicClient(UpstreamHttp http, Uri address, AnthropicSettings settings)
{
    /// <summary>A whole answer: the longest that a model writes, and the pages that a search brought.</summary>
    public const int MaxAnswerBytes = 64 << 20;

    // What clients sent before there was another, and what servers elsewhere know.
    private const string DefaultVersion = "2023-06-01";

    private const string VersionHeader = "anthropic-version";

    private readonly string? _apiKey = Secret.Resolve(settings.ApiKey);
    private readonly string? _authToken = Secret.Resolve(settings.AuthToken);

    /// <summary>There are credentials without a client's.</summary>
    public bool HasKey => _apiKey is not null || _authToken is not null;

    /// <summary>Clients bring their credentials.</summary>
    public bool ForwardsKeys => settings.ForwardClientKey;

    /// <summary>Sends a body to a path; returns when the answer's headers are there.</summary>
    /// <exception cref="HttpRequestException">The upstream can't be reached.</exception>
    public Task<HttpResponseMessage> PostAsync(string path, UpstreamBody body, ClientHead client, CancellationToken cancellationToken) =>
        http.SendAsync(Prepared(new HttpRequestMessage(HttpMethod.Post, new Uri(address, path + client.Query)) { Content = body.ToContent() }, client), cancellationToken);

    /// <summary>Asks for a page of the models.</summary>
    /// <exception cref="HttpRequestException">The upstream can't be reached.</exception>
    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken) =>
        http.SendAsync(Prepared(new HttpRequestMessage(HttpMethod.Get, new Uri(address, path)), ClientHead.None), cancellationToken);

    /// <summary>The body of an answer that is no stream.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>What of an answer's headers is the client's, and the upstream's id of the request.</summary>
    public static UpstreamHead HeadOf(HttpResponseMessage response)
    {
        var passed = new List<KeyValuePair<string, string>>();
        string? requestId = null;
        foreach (var (name, values) in response.Headers)
        {
            if (string.Equals(name, "request-id", StringComparison.OrdinalIgnoreCase)) requestId = values.First();
            else if (IsPassed(name)) passed.Add(new KeyValuePair<string, string>(name, string.Join(", ", values)));
        }

        return new UpstreamHead(requestId, passed);
    }

    private static bool IsPassed(string name) =>
        name.StartsWith("anthropic-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("retry-after", StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, "x-should-retry", StringComparison.OrdinalIgnoreCase);

    private HttpRequestMessage Prepared(HttpRequestMessage request, ClientHead client)
    {
        var headers = request.Headers;
        foreach (var (name, value) in client.Headers) headers.TryAddWithoutValidation(name, value);
        if (!headers.Contains(VersionHeader)) headers.TryAddWithoutValidation(VersionHeader, DefaultVersion);
        if (settings.ForwardClientKey && client.Credentials.Count > 0)
        {
            foreach (var (name, value) in client.Credentials) headers.TryAddWithoutValidation(name, value);
            return request;
        }

        if (_apiKey is not null) headers.TryAddWithoutValidation("x-api-key", _apiKey);
        if (_authToken is not null) headers.Authorization = new AuthenticationHeaderValue("Bearer", _authToken);
        return request;
    }
}
