using System.Runtime.CompilerServices;
using Dragoman.Discovery;
using Dragoman.Providers;
using Dragoman.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Cli.Doctor;

/// <summary>What the checks look at: the configuration's gateway on a port of its own, and the machine around it.</summary>
internal sealed class DoctorPatient
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, ModelList> _lists = new(StringComparer.OrdinalIgnoreCase);

    private DoctorPatient(WebApplication app, DragomanOptions options, ClockWatch clocks, Target target)
    {
        (_app, Options, Clocks, Default) = (app, options, clocks, target);
        Providers = app.Services.GetRequiredService<ProviderSet>();
        Router = app.Services.GetRequiredService<Router>();
        Time = app.Services.GetRequiredService<TimeProvider>();
    }

    /// <summary>The settings as <c>serve</c> would have them.</summary>
    public DragomanOptions Options { get; }

    /// <summary>What upstreams' clocks say.</summary>
    public ClockWatch Clocks { get; }

    /// <summary>What answers when nothing else is said.</summary>
    public Target Default { get; }

    /// <summary>The providers.</summary>
    public ProviderSet Providers { get; }

    /// <summary>Where requests would go.</summary>
    public Router Router { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Where the gateway of the examination listens.</summary>
    public Uri Url => new(ServeCommand.Url(_app));

    /// <summary>The providers of the configuration; the built-in demo needs no check.</summary>
    public IEnumerable<string> Names => Providers.Names.Where(name => name != ProviderSet.DemoName);

    /// <summary>What is known of the default model; null when its provider doesn't list it.</summary>
    public async Task<ModelInfo?> DefaultModelAsync(CancellationToken cancellationToken) => (await ListAsync(Default.Provider, cancellationToken)).Find(Default.Model);

    /// <summary>The models that the tiers lead to in place of the default one, each once. A provider that can't be asked, or is the demo, is passed over.</summary>
    public async Task<IReadOnlyList<TierModel>> TierModelsAsync(CancellationToken cancellationToken)
    {
        var models = new List<TierModel>();
        var usual = await DefaultModelAsync(cancellationToken);
        foreach (var tier in Tier.Names)
        {
            var target = (await Router.RouteAsync(Tier.ClaudeName(tier), cancellationToken)).Targets[0];
            if (target == Default || target.Provider == ProviderSet.DemoName || await ListAsync(target.Provider, cancellationToken) is not { Error: null } list) continue;
            var info = list.Find(target.Model);
            // The same by another name: qwen3 and qwen3:latest.
            if (target.Provider == Default.Provider && info is not null && info == usual) continue;
            var known = models.FindIndex(model => model.Target == target || (model.Info is not null && model.Info == info));
            if (known < 0) models.Add(new TierModel(target, info, [tier]));
            else models[known] = models[known] with { Tiers = [.. models[known].Tiers, tier] };
        }

        return models;
    }

    /// <summary>A provider's models, asked once in an examination.</summary>
    public async Task<ModelList> ListAsync(string provider, CancellationToken cancellationToken)
    {
        if (_lists.TryGetValue(provider, out var known)) return known;
        return _lists[provider] = await _app.Services.GetRequiredService<ModelCatalog>().ListAsync(provider, cancellationToken);
    }

    /// <summary>Builds the gateway and examines it; findings come as they are made.</summary>
    /// <param name="options">The settings as <c>serve</c> would have them.</param>
    /// <param name="checks">What is looked at, in this order.</param>
    /// <param name="cancellationToken">Ends the examination.</param>
    /// <param name="configure">Replaces parts of the gateway.</param>
    /// <exception cref="ConfigException">The settings are wrong.</exception>
    public static async IAsyncEnumerable<DoctorFinding> ExamineAsync(
        DragomanOptions options, IReadOnlyList<DoctorCheck> checks, [EnumeratorCancellation] CancellationToken cancellationToken, Action<IServiceCollection>? configure = null)
    {
        // Whether serve would take them; only then the examination's own address.
        await using (ServeCommand.Build(options, TextWriter.Null))
        {
            yield return DoctorFinding.Good("configuration", "no errors");
        }

        var (port, host, key) = (options.Port, options.Host, options.Key);
        (options.Port, options.Host, options.Key) = (0, "127.0.0.1", null);
        ClockWatch? clocks = null;
        await using var app = ServeCommand.Build(options, TextWriter.Null, services =>
        {
            services.AddSingleton(_ => new UpstreamHttp(inner => clocks = new ClockWatch(TimeProvider.System, inner)));
            configure?.Invoke(services);
        });
        await app.StartAsync(cancellationToken);
        (options.Port, options.Host, options.Key) = (port, host, key);
        var patient = new DoctorPatient(app, options, clocks!, await app.Services.GetRequiredService<Router>().DefaultTargetAsync(cancellationToken));
        foreach (var check in checks)
        {
            await foreach (var finding in check(patient, cancellationToken)) yield return finding;
        }
    }
}

/// <summary>A model that tiers lead to.</summary>
/// <param name="Target">Where.</param>
/// <param name="Info">What is known of it; null when its provider doesn't list it.</param>
/// <param name="Tiers">The tiers: opus, sonnet, haiku.</param>
internal sealed record TierModel(Target Target, ModelInfo? Info, IReadOnlyList<string> Tiers)
{
    /// <summary>Main conversations go there; small side requests alone would not need what an agent needs.</summary>
    public bool IsAgent => Tiers.Any(tier => tier != "haiku");
}

/// <summary>Looks at one thing.</summary>
internal delegate IAsyncEnumerable<DoctorFinding> DoctorCheck(DoctorPatient patient, CancellationToken cancellationToken);
