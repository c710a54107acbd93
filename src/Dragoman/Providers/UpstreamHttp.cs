using System.Net.Security;

namespace Dragoman.Providers;

/// <summary>
/// Connections to upstreams: found dead within 5 s, but never cut off for being slow (a local model may load and prefill for minutes).
/// </summary>
internal sealed class UpstreamHttp : IDisposable
{
    // An upstream that does not accept a connection in this time is not there.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // An upstream's error page or a redirect loop must not fill the memory.
    private const int MaxHeadersKilobytes = 64;

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        ConnectTimeout = ConnectTimeout,
        // Connections are kept while an agent thinks between two turns, but DNS changes are seen.
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        // A redirect could carry the key to another host.
        AllowAutoRedirect = false,
        UseCookies = false,
        Proxy = new UpstreamProxy(HttpClient.DefaultProxy),
        // An answer that nobody wants any more ends now: the default reads on for up to two seconds to save the connection, while the model goes on writing.
        ResponseDrainTimeout = TimeSpan.Zero,
        MaxResponseHeadersLength = MaxHeadersKilobytes,
        // One stream of tokens is small writes: no proxy that buffers, unless the environment says so.
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        SslOptions = new SslClientAuthenticationOptions(),
    });

    /// <summary>Sends a request; returns when the answer's headers are there. The caller disposes the response.</summary>
    /// <exception cref="HttpRequestException">The upstream can't be reached.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _invoker.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();
}
