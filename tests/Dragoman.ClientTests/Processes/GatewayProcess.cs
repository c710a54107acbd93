using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Dragoman.ClientTests.Processes;

/// <summary>The program <c>dragoman serve</c>, running on a free port.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    // It listens within 0.2 to 1 s, then asks the upstream for its models.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    // A stop lets open answers end; no test leaves one open.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly TemporaryDirectory _directory = new();
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayProcess(IEnumerable<string> arguments)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = _directory.Path, ["DOTNET_ROOT"] = RuntimeRoot };
        _process = new Process
        {
            StartInfo = ClientProcess.StartInfo(Installed.Gateway, ["serve", "--port", "0", .. arguments], environment, _directory.Path),
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"dragoman ended before it listened:\n{Output}"));
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>All that it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    // The framework that runs the tests also runs the gateway, wherever it is installed. A self-contained one ignores it.
    internal static string RuntimeRoot => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));

    [GeneratedRegex(@"http://(?:127\.0\.0\.1|localhost):\d+", RegexOptions.None, 1000)]
    private static partial Regex ListeningUrl();

    /// <summary>Starts the gateway and waits until it listens.</summary>
    /// <param name="arguments">What follows <c>dragoman serve --port 0</c>.</param>
    /// <exception cref="InvalidOperationException">It ended at once; the message has its output.</exception>
    /// <exception cref="TimeoutException">It doesn't say where it listens.</exception>
    public static async Task<GatewayProcess> StartAsync(params IEnumerable<string> arguments)
    {
        var gateway = new GatewayProcess(arguments);
        gateway._process.Start();
        gateway._process.StandardInput.Close();
        gateway._process.BeginOutputReadLine();
        gateway._process.BeginErrorReadLine();
        try
        {
            gateway.Url = await gateway._listening.Task.WaitAsync(StartLimit, TestContext.Current.CancellationToken);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it to stop as a service manager does, and waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        await TerminateAsync();
        return await EndAsync();
    }

    /// <summary>Sends the signal of a service manager; doesn't wait.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    /// <summary>Asks it to read its configuration again, as service managers do; doesn't wait.</summary>
    public Task HangUpAsync() => SignalAsync("HUP");

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", $"{_process.Id}"]))!;
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for its end; returns the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(StopLimit);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _directory.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null) return;
        lock (_output) _output.Append(line).Append('\n');
        if (ListeningUrl().Match(line) is { Success: true } url) _listening.TrySetResult(new Uri(url.Value));
    }
}
