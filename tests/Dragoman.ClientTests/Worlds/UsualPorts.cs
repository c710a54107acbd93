using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dragoman.ClientTests.Processes;
using Dragoman.Upstreams;

namespace Dragoman.ClientTests.Worlds;

/// <summary>
/// Simulated servers on the ports on which people run the real ones. On Linux in a private network namespace, whose loopback nobody else uses; where namespaces are
/// forbidden (some containers), on the machine's own ports if these are free.
/// </summary>
internal sealed class UsualPorts : IAsyncDisposable
{
    private const int GatewayPort = 3000;

    // An unprivileged user may have a network only in a user namespace of its own, in which `ip` may then switch the loopback on.
    private static readonly string[] NewNetwork = ["/usr/bin/unshare", "--map-root-user", "--net", "/bin/sh", "-c", "ip link set lo up && exec \"$0\" \"$@\""];

    private readonly Process _holder;
    private readonly List<Process> _later = [];

    private UsualPorts(Process holder, bool isPrivate)
    {
        _holder = holder;
        Entering = isPrivate ? ["/usr/bin/nsenter", "--preserve-credentials", "--user", "--net", "--target", $"{holder.Id}"] : [];
    }

    /// <summary>What stands before a command so that it runs among these servers.</summary>
    public IReadOnlyList<string> Entering { get; }

    /// <summary>Starts servers by their names in <see cref="UsualServers"/>; skips the test, with the reason, where that isn't possible.</summary>
    /// <param name="names">The servers; none: a machine on which nothing runs.</param>
    public static async Task<UsualPorts> StartAsync(params string[] names)
    {
        var (refused, ports) = OperatingSystem.IsLinux() && File.Exists(NewNetwork[0]) ? await TryAsync(names, NewNetwork) : ("there are none on this system", null);
        if (ports is not null) return ports;
        // The gateway's own, and all that it would look at: whatever runs there isn't ours.
        var taken = UsualServers.Ports(UsualServers.Names).Append(GatewayPort).Where(IsTaken).ToList();
        Assert.SkipWhen(taken.Count > 0, $"Needs a private network namespace ({refused}) or the usual ports, of which {string.Join(", ", taken)} are taken.");
        (refused, ports) = await TryAsync(names, []);
        return ports ?? throw new InvalidOperationException(refused);
    }

    /// <summary>Starts more of them.</summary>
    public async Task AddAsync(params string[] names)
    {
        var (refused, process) = await RunAsync([.. Entering, Installed.Upstreams, "usual", .. names]);
        _later.Add(process ?? throw new InvalidOperationException(refused));
    }

    /// <summary>Ends the servers, and with them the network.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _later.Append(_holder))
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }
    }

    private static async Task<(string Refused, UsualPorts? Ports)> TryAsync(string[] names, string[] network)
    {
        // Without servers something must hold the network all the same: until its input ends.
        string[] servers = names.Length > 0 ? [Installed.Upstreams, "usual", .. names] : ["/bin/sh", "-c", "echo ready; exec cat"];
        var (refused, process) = await RunAsync([.. network, .. servers]);
        return (refused, process is null ? null : new UsualPorts(process, isPrivate: network.Length > 0));
    }

    private static async Task<(string Refused, Process? Process)> RunAsync(string[] command)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_ROOT"] = GatewayProcess.RuntimeRoot, ["PATH"] = "/usr/sbin:/sbin:/usr/bin:/bin" };
        var process = Process.Start(ClientProcess.StartInfo(command[0], command[1..], environment, "/"))!;
        if (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) == "ready") return ("", process);
        var refused = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.Dispose();
        return (refused.Trim(), null);
    }

    private static bool IsTaken(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
