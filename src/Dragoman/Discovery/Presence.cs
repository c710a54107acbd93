using System.Net.Sockets;

namespace Dragoman.Discovery;

/// <summary>Whether a program listens somewhere, whatever it is and however busy.</summary>
internal static class Presence
{
    // This machine's own network answers within a millisecond; only Windows asks a closed port again and again before it says so.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    /// <summary>True when one of the addresses takes a connection.</summary>
    public static async Task<bool> IsAnyAsync(IEnumerable<Uri> addresses, TimeProvider time, CancellationToken cancellationToken)
    {
        using var soon = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(soon.Token, cancellationToken);
        var taken = await Task.WhenAll(addresses.Select(address => IsThereAsync(address, either.Token)));
        cancellationToken.ThrowIfCancellationRequested();
        return Array.Exists(taken, isThere => isThere);
    }

    private static async Task<bool> IsThereAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.DnsSafeHost, address.Port, cancellationToken);
            return true;
        }
        catch (Exception nobody) when (nobody is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
