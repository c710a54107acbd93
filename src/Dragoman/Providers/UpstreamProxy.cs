using System.Net;

namespace Dragoman.Providers;

/// <summary>
/// The proxy of the environment (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>), but never for this machine: a company's proxy can't reach the developer's own Ollama,
/// and few people have put localhost into <c>NO_PROXY</c>.
/// </summary>
internal sealed class UpstreamProxy(IWebProxy environment) : IWebProxy
{
    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => environment.Credentials;
        set => environment.Credentials = value;
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : environment.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => host.IsLoopback || environment.IsBypassed(host);
}
