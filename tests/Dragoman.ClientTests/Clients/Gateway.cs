using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.ClientTests.Clients;

/// <summary>The gateway as users run it, a process of its own, in front of a simulated Ollama. <c>DRAGOMAN_BINARY</c> names another program than the one just built.</summary>
internal sealed partial class Gateway : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Gateway(SimulatedOllama ollama, Process process)
    {
        Ollama = ollama;
        _process = process;
    }

    /// <summary>The upstream.</summary>
    public SimulatedOllama Ollama { get; }

    /// <summary>Where the gateway listens.</summary>
    public string Url { get; private set; } = "";

    /// <summary>What the gateway has logged.</summary>
    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    /// <summary>The program under test.</summary>
    public static string Binary => Environment.GetEnvironmentVariable("DRAGOMAN_BINARY") is { Length: > 0 } named ? named : Path.Combine(Repository, "artifacts/bin/Dragoman.Cli/debug/dragoman");

    /// <summary>The folder of the solution.</summary>
    public static string Repository
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) folder = folder.Parent!;
            return folder.FullName;
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.None, 1000)]
    private static partial Regex Address();

    /// <summary>Starts both and waits until the gateway listens.</summary>
    public static async Task<Gateway> StartAsync(OllamaScenario? scenario = null, params string[] arguments)
    {
        var ollama = await SimulatedOllama.StartAsync(scenario ?? OllamaScenario.Agent());
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(Binary, ["serve", "--port", "0", "--ollama-url", ollama.Url.ToString(), "--default-model", "qwen3:8b", "--model-map", "claude-*=qwen3:8b", .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetTempPath(),
            },
        };
        var gateway = new Gateway(ollama, process);
        process.OutputDataReceived += (_, line) => gateway.Read(line.Data);
        process.ErrorDataReceived += (_, line) => gateway.Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        gateway.Url = await gateway._listening.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return gateway;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        await Ollama.DisposeAsync();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            _listening.TrySetException(new InvalidOperationException($"The gateway ended before it listened:\n{Log}"));
            return;
        }

        lock (_log) _log.Append(line).Append('\n');
        if (line.Contains("listens on", StringComparison.Ordinal) && Address().Match(line) is { Success: true } address) _listening.TrySetResult(address.Value);
    }
}
