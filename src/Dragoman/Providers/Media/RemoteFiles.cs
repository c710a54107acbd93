using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Dragoman.Providers.Media;

/// <summary>A file that was fetched.</summary>
internal sealed record RemoteFile(string MediaType, byte[] Bytes);

/// <summary>
/// Fetches files that a request names by URL. A prompt may come from a stranger (a web page that the agent read), so nothing on this machine or in its network
/// is ever fetched: the address that is really connected to is checked, not the name, and redirects are not followed.
/// </summary>
internal sealed class RemoteFiles(FetchOptions options)
{
    // The files of a conversation come again with each of its turns.
    private const int MaxCachedFiles = 32;

    private readonly ConcurrentDictionary<string, RemoteFile> _cache = new(StringComparer.Ordinal);

    /// <summary>Fetches a file, or says in half a sentence why not.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="mediaType">What its type must begin with.</param>
    /// <param name="cancellationToken">The client's request.</param>
    public async ValueTask<(RemoteFile? File, string? Problem)> FetchAsync(string url, string mediaType, CancellationToken cancellationToken)
    {
        if (!options.Enabled) return (null, "fetching of URLs is switched off in this gateway");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")) return (null, "the URL is not an http or https address");
        if (_cache.TryGetValue(url, out var known)) return (known, null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(options.TimeoutSeconds));
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectCallback = ConnectAsync };
            using var client = new HttpMessageInvoker(handler);
            using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, address), limit.Token);
            if (response.StatusCode != HttpStatusCode.OK) return (null, $"its server answered {(int)response.StatusCode}");
            var type = response.Content.Headers.ContentType?.MediaType ?? "";
            if (!type.StartsWith(mediaType, StringComparison.OrdinalIgnoreCase)) return (null, $"it is of the type '{type}'");
            await response.Content.LoadIntoBufferAsync(options.MaxBytes, limit.Token);
            var file = new RemoteFile(type, await response.Content.ReadAsByteArrayAsync(limit.Token));
            if (_cache.Count >= MaxCachedFiles) _cache.Clear();
            _cache[url] = file;
            return (file, null);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, failed is OperationCanceledException ? $"it did not arrive within {options.TimeoutSeconds:N0} s" : $"it could not be fetched ({failed.Message})");
        }
    }

    // Checked at the moment of connecting, so that a name can't be looked up as harmless and then lead inside (DNS rebinding).
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var trusted = options.AllowPrivateHosts.Contains(host, StringComparer.OrdinalIgnoreCase);
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        var allowed = addresses.FirstOrDefault(candidate => trusted || AddressRange.IsPublic(candidate))
            ?? throw new HttpRequestException("its address is not a public one");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
