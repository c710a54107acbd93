using Dragoman.Delivery;
using Dragoman.Providers;
using Dragoman.Routing;
using Dragoman.Telemetry;
using Dragoman.Tokens;

namespace Dragoman.Http;

/// <summary>
/// The gateway's parts as one configuration makes them. Never changed: another configuration is another composition, and a request lives in the one in which
/// it began, whatever happens meanwhile.
/// </summary>
internal sealed class Composition
{
    /// <summary>Puts the parts together.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="lasting">What doesn't depend on it.</param>
    /// <exception cref="ConfigException">The configuration is wrong.</exception>
    public Composition(DragomanOptions options, LastingParts lasting)
    {
        SettingsRules.Check(options);
        Options = options;
        var tokens = new TokenEstimator(options.TokenCounter, lasting.Calibration);
        Providers = lasting.BroughtProviders ?? new ProviderSet(options, lasting.Http, lasting.Time, lasting.Ids, tokens);
        Catalog = new ModelCatalog(Providers, lasting.Time);
        Router = new Router(options, Providers, Catalog, tokens, lasting.Sessions);
        Guard = new ClientGuard(options);
        Log = new RequestLog(lasting.Loggers.CreateLogger<RequestLog>(), options);
        var attempts = new Attempts(Providers, lasting.Loggers.CreateLogger<Attempts>());
        Messages = new MessagesEndpoint(options, Router, Providers, attempts, tokens, lasting.Ids, Log, lasting.Time);
        CountTokens = new CountTokensEndpoint(Router, Providers, tokens);
        Models = new ModelsEndpoint(Router, Providers, Catalog);
        Health = new HealthEndpoint(Router, Catalog);
    }

    /// <summary>The configuration itself.</summary>
    public DragomanOptions Options { get; }

    /// <summary>The providers.</summary>
    public ProviderSet Providers { get; }

    /// <summary>The models that they have.</summary>
    public ModelCatalog Catalog { get; }

    /// <summary>Where requests go.</summary>
    public Router Router { get; }

    /// <summary>Who may come in.</summary>
    public ClientGuard Guard { get; }

    /// <summary>The log of requests.</summary>
    public RequestLog Log { get; }

    /// <summary><c>POST /v1/messages</c>.</summary>
    public MessagesEndpoint Messages { get; }

    /// <summary><c>POST /v1/messages/count_tokens</c>.</summary>
    public CountTokensEndpoint CountTokens { get; }

    /// <summary><c>GET /v1/models</c>.</summary>
    public ModelsEndpoint Models { get; }

    /// <summary>Signs of life.</summary>
    public HealthEndpoint Health { get; }
}

/// <summary>What outlives an exchange of the configuration: connections, what was learned, and the outer world.</summary>
/// <param name="Http">Connections to upstreams.</param>
/// <param name="Calibration">What was learned of token counts.</param>
/// <param name="Ids">Source of ids.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Where logs go.</param>
/// <param name="BroughtProviders">Providers that the host has made itself; null: those of the configuration.</param>
internal sealed record LastingParts(UpstreamHttp Http, Calibration Calibration, IdSource Ids, TimeProvider Time, ILoggerFactory Loggers, ProviderSet? BroughtProviders)
{
    /// <summary>What main conversations ask for.</summary>
    public SessionModels Sessions { get; } = new();
}
