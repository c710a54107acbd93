using Dragoman.Delivery;
using Dragoman.Providers;
using Dragoman.Providers.Keys;
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
    /// <param name="before">The composition that this one replaces; null: it is the first.</param>
    /// <exception cref="ConfigException">The configuration is wrong; the message says all that is.</exception>
    public Composition(DragomanOptions options, LastingParts lasting, Composition? before = null)
    {
        var problems = new ConfigProblems(options.Problems);
        SettingsRules.Check(options, problems);
        SecretSettings.Check(options, problems);
        Options = options;
        var tokens = new TokenEstimator(options.TokenCounter, lasting.Calibration);
        var context = new ProviderContext("", default, lasting.Http, lasting.Time, lasting.Ids, tokens, options) { Log = lasting.Loggers.CreateLogger<ProviderSet>(), KeyRests = lasting.KeyRests };
        Providers = lasting.BroughtProviders ?? new ProviderSet(context, problems, before?.Providers);
        Catalog = new ModelCatalog(Providers, lasting.Time);
        if (before is not null) Catalog.TakeOver(before.Catalog);
        Router = new Router(options, Providers, Catalog, tokens, lasting.Sessions, problems);
        if (lasting.BroughtProviders is null) TargetNames.Check(options, problems);
        problems.ThrowIfAny();
        Guard = new ClientGuard(options);
        Log = new RequestLog(lasting.Loggers.CreateLogger<RequestLog>(), options);
        var attempts = new Attempts(new AttemptParts(
            Providers, new ContextFit(Catalog, tokens), new RetryPolicy(options.Retries), lasting.Lanes, lasting.Breakers, lasting.Ids, lasting.Time, lasting.Loggers.CreateLogger<Attempts>()));
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

    /// <summary>What is other than in the composition before, in one line; empty when nothing is.</summary>
    public string Differences(Composition before)
    {
        var providers = SettingsChanges.Describe(
            Providers.Names.Except(before.Providers.Names, StringComparer.OrdinalIgnoreCase),
            before.Providers.Names.Except(Providers.Names, StringComparer.OrdinalIgnoreCase),
            Providers.Names.Where(name => before.Providers.Has(name) && !Providers.IsConfiguredAs(name, before.Providers)));
        if (Providers.Default != before.Providers.Default) providers += $"{(providers.Length > 0 ? ", " : "")}{Providers.Default} is the default one";
        var changes = SettingsChanges.Describe(before.Options, Options).ToList();
        if (providers.Length > 0) changes.Insert(0, $"providers: {providers}");
        if (before.Options.Key == Options.Key && !Guard.WantsKeyOf(before.Guard)) changes.Add("key");
        return string.Join("; ", changes);
    }
}

/// <summary>What outlives an exchange of the configuration: connections, what was learned, and the outer world.</summary>
/// <param name="Http">Connections to upstreams.</param>
/// <param name="Calibration">What was learned of token counts.</param>
/// <param name="Lanes">Who is at the upstreams now, and who waits.</param>
/// <param name="Breakers">Which upstreams are left alone.</param>
/// <param name="Ids">Source of ids.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Where logs go.</param>
/// <param name="BroughtProviders">Providers that the host has made itself; null: those of the configuration.</param>
internal sealed record LastingParts(UpstreamHttp Http, Calibration Calibration, Lanes Lanes, CircuitBreakers Breakers, IdSource Ids, TimeProvider Time, ILoggerFactory Loggers, ProviderSet? BroughtProviders)
{
    /// <summary>What roles remember of sessions.</summary>
    public SessionMemory Sessions { get; } = new();

    /// <summary>Which keys rest.</summary>
    public Rests<KeyUse> KeyRests { get; } = new(Time);
}
