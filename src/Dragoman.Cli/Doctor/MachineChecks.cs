using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Dragoman.Cli.Launch;

namespace Dragoman.Cli.Doctor;

/// <summary>Checks of the machine: what is around the gateway.</summary>
internal static partial class MachineChecks
{
    // Certificates and tokens are refused when the clock is off by more than minutes.
    private static readonly TimeSpan MaxClockError = TimeSpan.FromMinutes(5);

    // A program prints its version at once; one that waits for something is not worth waiting for.
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(10);

    // A gateway that is busy with its first requests.
    private static readonly TimeSpan HelloLimit = TimeSpan.FromSeconds(5);

    private static readonly string[] LoopbackNames = ["localhost", "127.0.0.1"];

    [GeneratedRegex(@"[0-9]+\.[0-9]+(\.[0-9]+)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionNumber();

    /// <summary>The port is free, or the gateway has it already.</summary>
    public static async IAsyncEnumerable<DoctorFinding> PortAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var port = patient.Options.Port;
        if (port == 0 || IsFree(port)) yield return DoctorFinding.Good("port", port == 0 ? "any free one" : $"{port} is free");
        else if (await RunningVersionAsync(port, cancellationToken) is { } version) yield return DoctorFinding.Good("port", $"Dragoman {version} runs at http://127.0.0.1:{port} already");
        else yield return DoctorFinding.Wrong("port", $"another program listens on {port}", $"stop it, or choose another port: --port {port + 1}");
    }

    /// <summary>Proxy settings of the environment that would lead a client's requests to the gateway away from it.</summary>
    public static async IAsyncEnumerable<DoctorFinding> ProxyAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        var proxies = ((string[])["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]).Where(name => Variable(name) is not null).ToList();
        if (proxies.Count == 0) yield break;
        var exempt = (Variable("NO_PROXY") ?? Variable("no_proxy") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var caught = LoopbackNames.Where(name => !exempt.Contains(name, StringComparer.OrdinalIgnoreCase) && !exempt.Contains("*")).ToList();
        yield return caught.Count == 0
            ? DoctorFinding.Good("proxy", $"{string.Join(", ", proxies)}, and NO_PROXY keeps this machine out of it")
            : DoctorFinding.Warning("proxy", $"{string.Join(", ", proxies)} is set and NO_PROXY doesn't name {string.Join(" and ", caught)}: clients would look for the gateway behind the proxy", "NO_PROXY=localhost,127.0.0.1,::1");
    }

    /// <summary>This machine's clock against those of the upstreams that were asked.</summary>
    public static async IAsyncEnumerable<DoctorFinding> ClockAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var name in patient.Names) await patient.ListAsync(name, cancellationToken);
        if (patient.Clocks.Ahead.Count == 0) yield break;
        var (host, ahead) = patient.Clocks.Ahead.MaxBy(entry => entry.Value.Duration());
        yield return ahead.Duration() > MaxClockError
            ? DoctorFinding.Warning("clock", $"this machine's clock is {ahead.Duration().TotalMinutes:0} minutes {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} {host}: keys and certificates may be refused", "set the clock, or switch its synchronization on")
            : DoctorFinding.Good("clock", "agrees with the upstreams");
    }

    /// <summary>Clients that are installed, where <c>launch</c> finds them, and their versions; and Node.js, which some of them are installed with.</summary>
    public static async IAsyncEnumerable<DoctorFinding> ClientsAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var installed = Clients.All.Select(client => (Client: client, File: Executables.Find(client))).Where(found => found.File is not null).ToList();
        // One is enough.
        if (installed.Count == 0) yield return DoctorFinding.Warning(Clients.All[0].Name, $"{Clients.All[0].Title} is not installed: it is neither on the PATH nor where its installers put it", Clients.All[0].Install);
        foreach (var (client, file) in installed) yield return await JudgeAsync(client, file!, cancellationToken);
        if (await VersionAsync("node", cancellationToken) is { } node) yield return DoctorFinding.Good("node", $"Node.js {node}");
    }

    private static async Task<DoctorFinding> JudgeAsync(Client client, string file, CancellationToken cancellationToken)
    {
        if (await VersionAsync(file, cancellationToken) is not { } version) return DoctorFinding.Warning(client.Name, $"{file} is there, but doesn't tell its version", $"see what `{client.Executable} --version` does in a terminal, or install it anew: {client.Install}");
        if (client.OldestTried is { } oldest && Version.TryParse(version, out var number) && number < oldest) return DoctorFinding.Warning(client.Name, $"{client.Title} {version} is older than {oldest}, the oldest version that was tried", client.Install);
        var place = Executables.IsOnPath(client) ? "" : $", in {Path.GetDirectoryName(file)}: not on the PATH, but `dragoman launch {client.Name}` finds it";
        return DoctorFinding.Good(client.Name, $"{client.Title} {version}{place}");
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<string?> RunningVersionAsync(int port, CancellationToken cancellationToken)
    {
        // Who it is, it tells everybody, whatever the key.
        using var gateway = new GatewayLink($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", token: "none");
        return await gateway.VersionAsync(cancellationToken, HelloLimit);
    }

    // Null: it isn't installed, doesn't run, or says nothing.
    private static async Task<string?> VersionAsync(string program, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(VersionLimit);
        using var process = new Process { StartInfo = new ProcessStartInfo(program, "--version") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true } };
        try
        {
            process.Start();
            process.StandardInput.Close();
            var said = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return VersionNumber().Match(said) is { Success: true } number ? number.Value : null;
        }
        catch (Exception absent) when (absent is Win32Exception or IOException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }
}
