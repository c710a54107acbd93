using System.Diagnostics;
using System.Net.Sockets;
using Dragoman.Bench.Load;
using Dragoman.Bench.Measure;

namespace Dragoman.Bench.Rows;

/// <summary>One row while the benchmark runs: installed, started in front of an upstream, asked, stopped.</summary>
internal sealed class Row(Peer peer, Places places) : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);

    private Process? _process;
    private int _upstreamPort;
    private string? _notInstalled;

    /// <summary>What it is.</summary>
    public Peer Peer => peer;

    /// <summary>Why it can't be measured; null when it can.</summary>
    public string? Unavailable { get; private set; }

    /// <summary>Its process; 0 when it has none.</summary>
    public int ProcessId => _process?.Id ?? 0;

    /// <summary>Where it is asked.</summary>
    public Uri Url => new($"http://127.0.0.1:{(peer.Port == 0 ? _upstreamPort : peer.Port)}{peer.Path}");

    /// <summary>Headers of requests, filled in.</summary>
    public IReadOnlyDictionary<string, string> Headers =>
        peer.Headers.ToDictionary(header => header.Key, header => places.Fill(header.Value, peer, _upstreamPort), StringComparer.Ordinal);

    /// <summary>The request's body for it.</summary>
    public byte[] Body(string size) => GeneratedRequest.Build(GeneratedRequest.Bytes(size), peer.Model);

    /// <summary>Calls it.</summary>
    public Caller Caller(string size) => new(Url.Port, peer.Path, Body(size), Headers);

    /// <summary>Installs it if it isn't installed.</summary>
    public async Task InstallAsync()
    {
        Directory.CreateDirectory(places.Of(peer));
        if (peer.Install is null || File.Exists(places.Fill(peer.Installed!, peer, 0))) return;
        Console.WriteLine($"installing {peer.Name}");
        var (code, output) = await Shell.RunAsync($"({places.Fill(peer.Install, peer, 0)}) 2>&1", folder: places.Of(peer));
        if (code != 0) Unavailable = _notInstalled = $"could not be installed: {LastLine(output)}";
    }

    /// <summary>Starts it in front of an upstream and waits until it gives a whole answer.</summary>
    public async Task StartAsync(int upstreamPort)
    {
        Stop();
        // What it can't do with one kind of answer it may do with another.
        Unavailable = _notInstalled;
        if (Unavailable is not null) return;
        Launch(upstreamPort);
        var began = Stopwatch.GetTimestamp();
        try
        {
            await ListensAsync(began);
            if (peer.Configure is { } configure)
            {
                var (code, output) = await Shell.RunAsync($"{places.Fill(configure, peer, upstreamPort)} 2>&1");
                if (code != 0) throw new InvalidOperationException($"could not be configured: {LastLine(output)}");
            }

            await AnswersAsync(began);
        }
        catch (InvalidOperationException failed)
        {
            Unavailable = failed.Message;
            Stop();
        }
    }

    /// <summary>Starts it and returns at once.</summary>
    public void Launch(int upstreamPort)
    {
        _upstreamPort = upstreamPort;
        if (peer.Start is null) return;
        foreach (var (path, text) in peer.Files)
        {
            var file = places.Fill(path, peer, upstreamPort);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, places.Fill(text, peer, upstreamPort));
        }

        var environment = peer.Environment.ToDictionary(entry => entry.Key, entry => places.Fill(entry.Value, peer, upstreamPort), StringComparer.Ordinal);
        _process = Shell.Start(places.Fill(peer.Start, peer, upstreamPort), Path.Combine(places.Output, $"{peer.Key}.log"), environment, places.Of(peer));
    }

    /// <summary>Ends its process and all that it started.</summary>
    public void Stop()
    {
        if (_process is null) return;
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        _process.Dispose();
        _process = null;
    }

    /// <summary>Processor time so far, in milliseconds.</summary>
    public double CpuMilliseconds => _process is null ? 0 : ProcessTree.CpuMilliseconds(_process.Id);

    private async Task ListensAsync(long began)
    {
        while (true)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync("127.0.0.1", Url.Port);
                return;
            }
            catch (SocketException)
            {
                Check(began, "its port does not answer");
                await Task.Delay(50);
            }
        }
    }

    // A gateway may listen before it can answer.
    private async Task AnswersAsync(long began)
    {
        using var caller = Caller("small");
        while (true)
        {
            var answer = await caller.AskAsync();
            if (answer.IsGood) return;
            var said = answer.Start.Split("\r\n\r\n", 2).LastOrDefault() ?? "";
            // Neither a refusal nor an answer of another kind goes away by waiting.
            if (answer.Status is >= 400 and not 503) throw new InvalidOperationException($"answers {answer.Status}: {LastLine(said)}");
            if (answer.Status == 200) throw new InvalidOperationException("its answer does not hold what the upstream said");
            Check(began, $"no answer ({answer.Status}): {LastLine(said)}");
            await Task.Delay(200);
        }
    }

    private void Check(long began, string what)
    {
        if (_process is { HasExited: true } ended) throw new InvalidOperationException($"ended with code {ended.ExitCode} when it was started");
        if (Stopwatch.GetElapsedTime(began) > StartLimit) throw new InvalidOperationException(what);
    }

    private static string LastLine(string text)
    {
        const int longest = 200;
        var line = text.Split('\n').LastOrDefault(part => part.Trim().Length > 0)?.Trim() ?? "";
        return line.Length > longest ? line[..longest] : line;
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();
}
