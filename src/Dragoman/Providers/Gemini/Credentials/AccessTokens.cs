namespace Dragoman.Providers.Gemini.Credentials;

/// <summary>A bearer token.</summary>
/// <param name="Value">The token.</param>
/// <param name="Expires">When it is worth nothing any more.</param>
internal sealed record AccessToken(string Value, DateTimeOffset Expires);

/// <summary>Where bearer tokens come from.</summary>
internal interface ITokenSource
{
    /// <summary>A new token.</summary>
    /// <exception cref="CredentialException">There is none to be had.</exception>
    Task<AccessToken> FetchAsync(CancellationToken cancellationToken);
}

/// <summary>No token can be had.</summary>
/// <param name="cause">Why, as a sentence.</param>
/// <param name="refused">The credentials were refused, or there are none; otherwise it may work the next time.</param>
internal sealed class CredentialException(string cause, bool refused) : Exception(cause)
{
    /// <summary>The credentials were refused, or there are none.</summary>
    public bool Refused { get; } = refused;
}

/// <summary>
/// Keeps one token and fetches the next before it expires, one fetch at a time however many requests wait. While the old one is good nobody waits, and a
/// failure to renew it is no failure.
/// </summary>
internal sealed class AccessTokens(ITokenSource source, TimeProvider time)
{
    // Google's tokens live an hour, its metadata server has a new one for the last five minutes of the old one.
    private static readonly TimeSpan RenewalTime = TimeSpan.FromMinutes(4);

    // What is sent with a token must arrive before it expires.
    private static readonly TimeSpan SafetyMargin = TimeSpan.FromSeconds(30);

    // When renewal fails it is tried again after this time, as long as the old token is good.
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(20);

    // A token endpoint answers at once; the program gcloud needs some seconds.
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private AccessToken? _token;
    private DateTimeOffset _renewAt;
    private Task<Fetched>? _fetching;

    /// <summary>A token that is good now.</summary>
    /// <exception cref="CredentialException">There is none to be had.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        Task<Fetched> fetching;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var good = _token is not null && now < _token.Expires - SafetyMargin;
            if (good && now < _renewAt) return _token!.Value;
            _fetching ??= FetchAsync();
            if (good) return _token!.Value;
            fetching = _fetching;
        }

        var fetched = await fetching.WaitAsync(cancellationToken);
        return fetched.Token?.Value ?? throw new CredentialException(fetched.Problem!.Message, fetched.Problem.Refused);
    }

    /// <summary>A token was refused: the next request fetches another one, unless that has happened already.</summary>
    public void Forget(string? refused)
    {
        lock (_lock)
        {
            if (_token?.Value == refused) _token = null;
        }
    }

    // Not the business of one client alone: it goes on when the client that asked first goes away.
    private async Task<Fetched> FetchAsync()
    {
        await Task.Yield();
        var fetched = await TryFetchAsync();
        lock (_lock)
        {
            _fetching = null;
            _token = fetched.Token ?? _token;
            _renewAt = fetched.Token is null ? time.GetUtcNow() + RetryTime : fetched.Token.Expires - RenewalTime;
        }

        return fetched;
    }

    private async Task<Fetched> TryFetchAsync()
    {
        using var limit = new CancellationTokenSource(FetchTimeout, time);
        try
        {
            return new Fetched(await source.FetchAsync(limit.Token), null);
        }
        catch (CredentialException problem)
        {
            return new Fetched(null, problem);
        }
        catch (OperationCanceledException)
        {
            return new Fetched(null, new CredentialException($"No access token came within {FetchTimeout.TotalSeconds:N0} s.", refused: false));
        }
    }

    // A value, as nobody may be waiting for it.
    private sealed record Fetched(AccessToken? Token, CredentialException? Problem);
}

/// <summary>A bearer token of a service account, a user or a machine.</summary>
/// <param name="tokens">The tokens.</param>
/// <param name="quotaProject">The project that pays, if it isn't the one of the credentials.</param>
/// <param name="advice">What the user can do when the token is refused.</param>
internal sealed class BearerCredential(AccessTokens tokens, string? quotaProject, string advice) : IGeminiCredential
{
    /// <inheritdoc/>
    public string Advice => advice;

    /// <inheritdoc/>
    public async ValueTask AuthorizeAsync(HttpRequestMessage request, string? key, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new("Bearer", await tokens.GetAsync(cancellationToken));
        if (quotaProject is not null) request.Headers.Add("x-goog-user-project", quotaProject);
    }

    /// <inheritdoc/>
    public bool Renew(HttpRequestMessage refused)
    {
        tokens.Forget(refused.Headers.Authorization?.Parameter);
        return true;
    }
}
