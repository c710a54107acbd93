using Dragoman.Discovery;
using Dragoman.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Cli.Launch;

/// <summary>The gateway for a client: the one that runs at the configured address, else one in this process, on a free port, which ends with it.</summary>
internal sealed class LaunchedGateway : IAsyncDisposable
{
    private readonly WebApplication? _app;
    private readonly LateServers? _late;

    private LaunchedGateway(string url, string token, LaunchLog log, WebApplication? app, Discovered? found, LateServers? late) =>
        (Url, Token, Log, _app, Found, _late) = (url, token, log, app, found, late);

    /// <summary>Its address.</summary>
    public string Url { get; }

    /// <summary>Its key; without one any word.</summary>
    public string Token { get; }

    /// <summary>Where its log goes; nowhere from here when it runs elsewhere.</summary>
    public LaunchLog Log { get; }

    /// <summary>What was found on the machine; null when nothing was looked for.</summary>
    public Discovered? Found { get; }

    /// <summary>It was there before.</summary>
    public bool RanAlready => _app is null;

    /// <summary>What is to be said of the settings.</summary>
    public IReadOnlyList<string> Notices { get; private init; } = [];

    /// <summary>Its version, when it was there before.</summary>
    public string Version { get; private init; } = HealthEndpoint.Version;

    /// <summary>Finds one, or starts one.</summary>
    /// <param name="read">Reads the settings of <c>serve</c>.</param>
    /// <param name="openLog">Opens the log of a new one.</param>
    /// <param name="configure">Adds parts to a new one.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ConfigException">The settings are wrong.</exception>
    /// <exception cref="IOException">It can't listen.</exception>
    public static async Task<LaunchedGateway> StartAsync(Func<DragomanOptions> read, Func<LaunchLog> openLog, Action<IServiceCollection>? configure, CancellationToken cancellationToken)
    {
        var options = read();
        var token = Secret.Resolve(options.Key) is { Length: > 0 } key ? key : "dragoman";
        if (options.Port != 0)
        {
            var url = ConfiguredUrl(options);
            using var link = new GatewayLink(url, token);
            if (await link.VersionAsync(cancellationToken) is { } version) return new LaunchedGateway(url, token, LaunchLog.None, app: null, found: null, late: null) { Version = version };
        }

        var found = await Discovering.CompleteAsync(options, cancellationToken);
        OnlyHere(options);
        var log = openLog();
        // Signals only tell the host that it should stop; nobody does so here before the client has ended.
        var app = ServeCommand.Build(options, log.Writer, configure);
        await app.StartAsync(cancellationToken);
        return new LaunchedGateway(ServeCommand.Url(app), token, log, app, found, ServeCommand.LookAgain(app, found, later => Take(later, app, read))) { Notices = options.Notices };
    }

    /// <summary>The address that <c>serve</c> would have with these settings, for a client on this machine.</summary>
    public static string ConfiguredUrl(DragomanOptions options) => $"http://{options.Host switch
    {
        "*" or "+" or "0.0.0.0" or "::" => "localhost",
        { } host when host.Contains(':', StringComparison.Ordinal) => $"[{host}]",
        { } host => host,
    }}:{options.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_late is not null) await _late.DisposeAsync();
        if (_app is not null) await _app.DisposeAsync();
        await Log.DisposeAsync();
    }

    // Only the client on this machine needs it, and somebody else may have the configured port.
    private static void OnlyHere(DragomanOptions options) => (options.Host, options.Port) = ("127.0.0.1", 0);

    private static void Take(Discovered later, WebApplication app, Func<DragomanOptions> read)
    {
        var options = read();
        OnlyHere(options);
        if (options.UpstreamOpen) later.Apply(options);
        app.Services.GetRequiredService<LiveGateway>().Exchange(options);
    }
}
