using Dragoman.Discovery;
using Microsoft.AspNetCore.Builder;
using Spectre.Console;

namespace Dragoman.Cli.Launch;

/// <summary>The gateway for a client: the one that runs at the configured address, else one in this process, on a free port, which ends with it.</summary>
internal sealed class LaunchedGateway : IAsyncDisposable
{
    private readonly WebApplication? _app;
    private readonly TextWriter? _log;

    private LaunchedGateway(string url, string token, string? logFile, WebApplication? app, TextWriter? log, Discovered? found) =>
        (Url, Token, LogFile, _app, _log, Found) = (url, token, logFile, app, log, found);

    /// <summary>Its address.</summary>
    public string Url { get; }

    /// <summary>Its key; without one any word.</summary>
    public string Token { get; }

    /// <summary>Where its log goes; null when it runs elsewhere.</summary>
    public string? LogFile { get; }

    /// <summary>What was found on the machine; null when nothing was looked for.</summary>
    public Discovered? Found { get; }

    /// <summary>It was there before.</summary>
    public bool RanAlready => _app is null;

    /// <summary>Finds one, or starts one.</summary>
    /// <param name="options">The settings of <c>serve</c>.</param>
    /// <param name="logFile">Where a new one writes its log; null: nowhere.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ConfigException">The settings are wrong.</exception>
    /// <exception cref="IOException">It can't listen.</exception>
    public static async Task<LaunchedGateway> StartAsync(DragomanOptions options, string? logFile, CancellationToken cancellationToken)
    {
        var token = Secret.Resolve(options.Key) is { Length: > 0 } key ? key : "dragoman";
        if (options.Port != 0)
        {
            var url = ConfiguredUrl(options);
            using var link = new GatewayLink(url, token);
            if (await link.IsThereAsync(cancellationToken)) return new LaunchedGateway(url, token, logFile: null, app: null, log: null, found: null);
        }

        var found = await Discovering.CompleteAsync(options, cancellationToken);
        // Only the client on this machine needs it, and somebody else may have the configured port.
        (options.Host, options.Port) = ("127.0.0.1", 0);
        var log = OpenLog(ref logFile);
        // Signals only tell the host that it should stop; nobody does so here before the client has ended.
        var app = ServeCommand.Build(options, log);
        await app.StartAsync(cancellationToken);
        return new LaunchedGateway(ServeCommand.Url(app), token, logFile, app, log, found);
    }

    /// <summary>The address that <c>serve</c> would have with these settings, for a client on this machine.</summary>
    public static string ConfiguredUrl(DragomanOptions options) => $"http://{options.Host switch
    {
        "*" or "+" or "0.0.0.0" or "::" => "localhost",
        { } host when host.Contains(':', StringComparison.Ordinal) => $"[{host}]",
        { } host => host,
    }}:{options.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>Where the log of a gateway goes whose client owns the terminal: the place that the system has for such files. Null for a user without a home.</summary>
    public static string? UsualLogFile()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length == 0) return null;
        var folder = OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "dragoman")
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Logs", "dragoman")
            : Path.Combine(Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathFullyQualified(state) ? state : Path.Combine(home, ".local", "state"), "dragoman");
        return Path.Combine(folder, "launch.log");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        if (_log is not null) await _log.DisposeAsync();
    }

    // Two launches may write to it at once; it begins anew when it has grown too large to be read by a person. Nobody's work waits for a log: where it can't be written there is none.
    private static TextWriter OpenLog(ref string? file)
    {
        const long mostBytes = 5 << 20;
        if (file is null) return TextWriter.Null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var mode = File.Exists(file) && new FileInfo(file).Length > mostBytes ? FileMode.Create : FileMode.Append;
            return new StreamWriter(new FileStream(file, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)) { AutoFlush = true };
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Terminal.Error.MarkupLineInterpolated($"[yellow]No log is kept: {file} can't be written ({refused.Message}).[/]");
            file = null;
            return TextWriter.Null;
        }
    }
}
