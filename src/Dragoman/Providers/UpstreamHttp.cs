using System.Net.Security;
using Dragoman.Recording;

namespace Dragoman.Providers;

/// <summary>
/// Connections to upstreams: found dead within 5 s, but never cut off for being slow (a local model may load and prefill for minutes).
/// </summary>
internal sealed class UpstreamHttp : IDisposable
{
    /// <summary>Set on a request that is about credentials only: it is never recorded.</summary>
    public static readonly HttpRequestOptionsKey<bool> IsSecret = new("dragoman-secret");

    // An upstream that does not accept a connection in this time is not there.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // An upstream's error page or a redirect loop must not fill the memory.
    private const int MaxHeadersKilobytes = 64;

    private readonly HttpMessageInvoker _invoker;
    private readonly Recorder? _recorder;

    /// <summary>Makes connections.</summary>
    /// <param name="recorder">Keeps what goes over them; null: nothing is recorded.</param>
    public UpstreamHttp(Recorder? recorder = null) => (_invoker, _recorder) = (new HttpMessageInvoker(Connections()), recorder);

    /// <summary>Lets something else answer some of the requests.</summary>
    /// <param name="answers">Makes it of what makes the connections.</param>
    public UpstreamHttp(Func<HttpMessageHandler, HttpMessageHandler> answers) => _invoker = new HttpMessageInvoker(answers(Connections()));

    /// <summary>Sends a request; returns when the answer's headers are there. The caller disposes the response.</summary>
    /// <exception cref="HttpRequestException">The upstream can't be reached.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _recorder?.Current is { } recording && !request.Options.TryGetValue(IsSecret, out _) ? UpstreamCall.SendAsync(recording, _invoker, request, cancellationToken) : _invoker.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    private static SocketsHttpHandler Connections() => new()
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
    };
}
