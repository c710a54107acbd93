namespace Dragoman.Providers.Gemini.Credentials;

/// <summary>What opens Google's door.</summary>
internal interface IGeminiCredential
{
    /// <summary>What the user can do when it is refused, as a sentence.</summary>
    string Advice { get; }

    /// <summary>Puts it into a request's headers. <paramref name="key"/>: whose turn it is, for a credential that is a key.</summary>
    /// <exception cref="UpstreamException">It can't be had.</exception>
    ValueTask AuthorizeAsync(HttpRequestMessage request, string? key, CancellationToken cancellationToken);

    /// <summary>A request was refused: forgets what was in its headers. True when the next one may be better.</summary>
    bool Renew(HttpRequestMessage refused);
}

/// <summary>An API key. In a header, as URLs are logged on the way.</summary>
internal sealed class ApiKeyCredential : IGeminiCredential
{
    /// <inheritdoc/>
    public string Advice =>
        "Check the key (--gemini-key, GEMINI_API_KEY): https://aistudio.google.com/apikey has those of the Gemini API (AIza…), the Google Cloud console those of Vertex AI express (AQ.…).";

    /// <inheritdoc/>
    public ValueTask AuthorizeAsync(HttpRequestMessage request, string? key, CancellationToken cancellationToken)
    {
        request.Headers.Add("x-goog-api-key", key);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public bool Renew(HttpRequestMessage refused) => false;
}
