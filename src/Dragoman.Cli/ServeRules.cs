using System.Net;

namespace Dragoman.Cli;

/// <summary>What must hold where the program itself opens the door: nobody on the network comes in without a key.</summary>
internal static class ServeRules
{
    /// <summary>Checks the address, and who may come in there. What is wrong is added to the options' problems.</summary>
    /// <returns>The address to listen on.</returns>
    public static IPAddress Check(DragomanOptions options)
    {
        if (Address(options.Host) is not { } address)
        {
            options.Problems.Add("host", $"'{options.Host}' is not an IP address (127.0.0.1, 0.0.0.0, ::1, ...)");
            return IPAddress.Loopback;
        }

        if (!IPAddress.IsLoopback(address) && string.IsNullOrEmpty(options.Key) && !options.Problems.Name("key"))
        {
            options.Problems.Add("key", $"listening on {options.Host} would let everybody on the network use your models: give a key with --key or DRAGOMAN_KEY, or listen on 127.0.0.1.");
        }

        return address;
    }

    private static IPAddress? Address(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" or "+" => IPAddress.Any,
        _ => IPAddress.TryParse(host, out var address) ? address : null,
    };
}
