namespace Dragoman.Providers;

/// <summary>Whose server an address leads to. A key may depend on it, so a name that only ends alike (<c>evilollama.com</c>) must not pass.</summary>
internal static class UpstreamHost
{
    /// <summary>True when the address's host is <paramref name="domain"/> or a subdomain of it.</summary>
    public static bool IsWithin(Uri address, string domain)
    {
        // A name may end with the root's dot.
        var host = address.IdnHost.AsSpan().TrimEnd('.');
        if (!host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)) return false;
        return host.Length == domain.Length || host[^(domain.Length + 1)] == '.';
    }
}
