using System.Net.Http.Headers;
using Dragoman.Messages;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.Anthropic;

/// <summary>The HTTP side of the provider: the client's requests under another key.</summary>
internal sealed class AnthropicClient
{
    /// <summary>A whole answer: the longest that a model writes, and the pages that a search brought.</summary>
    public const int MaxAnswerBytes = 64 << 20;

    // What clients sent before there was another, and what servers elsewhere know.
    private const string DefaultVersion = "2023-06-01";

    private const string VersionHeader = "anthropic-version";

    private readonly UpstreamHttp _http;
    private readonly Uri _address;
    private readonly AnthropicSettings _settings;
    private readonly KeyRing _keys;
    private readonly OverrideTable _overrides;

    // Goes along with every key where there are both.
    private readonly string? _authToken;

    /// <summary>Reads the credentials.</summary>
    /// <exception cref="ConfigException">One isn't set, or can't be one.</exception>
    public AnthropicClient(ProviderContext context, Uri address, AnthropicSettings settings, OverrideTable overrides)
    {
        (_http, _address, _settings, _overrides) = (context.Http, address, settings, overrides);
        var apiKeys = KeyRing.Resolve($"providers.{context.Name}.apiKey", settings.ApiKey);
        var authTokens = KeyRing.Resolve($"providers.{context.Name}.authToken", settings.AuthToken);
        SendsTokens = apiKeys.Count == 0;
        _keys = new KeyRing(context, SendsTokens ? authTokens : apiKeys);
        _authToken = !SendsTokens && authTokens.Count > 0 ? authTokens[0] : null;
    }

    /// <summary>There are credentials without a client's.</summary>
    public bool HasKey => _keys.HasKeys;

    /// <summary>Clients bring their credentials.</summary>
    public bool ForwardsKeys => _settings.ForwardClientKey;

    // The keys are tokens.
    private bool SendsTokens { get; }

    /// <summary>Opens an answer with the key of the client's session, or the next one; with the client's own credentials where those go upstream.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The upstream's name of the model.</param>
    /// <param name="open">Asks with a key; gives what went wrong, null for nothing.</param>
    /// <param name="begin">Reads ahead in an answer that is open; gives what went wrong.</param>
    public async ValueTask<UpstreamError?> OpenAsync(MessagesRequest request, string model, Func<string?, ValueTask<UpstreamError?>> open, Func<ValueTask<UpstreamError?>>? begin = null)
    {
        if (!Forwards(request.Client)) return await _keys.OpenAsync(request, model, open, begin);
        // Another client's credentials have limits of their own.
        return await open(null) is { } failed ? failed with { IsOfKey = KeyRing.IsOfKey(failed.Kind) } : null;
    }

    /// <summary>Sends a body to a path; returns when the answer's headers are there.</summary>
    /// <exception cref="HttpRequestException">The upstream can't be reached.</exception>
    public Task<HttpResponseMessage> PostAsync(string path, UpstreamBody body, ClientHead client, string? key, TargetOverrides overrides, CancellationToken cancellationToken) =>
        _http.SendAsync(Prepared(new HttpRequestMessage(HttpMethod.Post, new Uri(_address, path + client.Query)) { Content = body.ToContent() }, client, key, overrides), cancellationToken);

    /// <summary>Asks a question that concerns no conversation, with a key that is taken; <paramref name="read"/> makes something of the answer.</summary>
    /// <exception cref="HttpRequestException">The upstream can't be reached.</exception>
    public Task<T> GetAsync<T>(string path, Func<HttpResponseMessage, Task<T>> read, CancellationToken cancellationToken) => _keys.AskAsync(async key =>
    {
        using var response = await _http.SendAsync(Prepared(new HttpRequestMessage(HttpMethod.Get, new Uri(_address, path)), ClientHead.None, key, _overrides.General), cancellationToken);
        return await read(response);
    });

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

    private bool Forwards(ClientHead client) => _settings.ForwardClientKey && client.Credentials.Count > 0;

    private HttpRequestMessage Prepared(HttpRequestMessage request, ClientHead client, string? key, TargetOverrides overrides)
    {
        var headers = request.Headers;
        foreach (var (name, value) in client.Headers) headers.TryAddWithoutValidation(name, value);
        if (!headers.Contains(VersionHeader)) headers.TryAddWithoutValidation(VersionHeader, DefaultVersion);
        if (Forwards(client))
        {
            foreach (var (name, value) in client.Credentials) headers.TryAddWithoutValidation(name, value);
        }
        else
        {
            if (key is not null && !SendsTokens) headers.TryAddWithoutValidation("x-api-key", key);
            if ((SendsTokens ? key : _authToken) is { } token) headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        overrides.WriteHeaders(request);
        return request;
    }
}
