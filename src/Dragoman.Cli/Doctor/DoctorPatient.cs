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

    /// <summary>A provider's models, asked once in an examination.</summary>
    public async Task<ModelList> ListAsync(string provider, CancellationToken cancellationToken)
    {
        if (_lists.TryGetValue(provider, out var known)) return known;
        return _lists[provider] = await _app.Services.GetRequiredService<ModelCatalog>().ListAsync(provider, cancellationToken);
    }

    /// <summary>Builds the gateway and examines it.</summary>
    /// <exception cref="ConfigException">The settings are wrong.</exception>
    public static async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(DragomanOptions options, IReadOnlyList<DoctorCheck> checks, CancellationToken cancellationToken)
    {
        // Whether serve would take them; only then the examination's own address.
        await using (ServeCommand.Build(options, TextWriter.Null))
        {
        }

        var (port, host, key) = (options.Port, options.Host, options.Key);
        (options.Port, options.Host, options.Key) = (0, "127.0.0.1", null);
        ClockWatch? clocks = null;
        await using var app = ServeCommand.Build(options, TextWriter.Null, services => services.AddSingleton(_ => new UpstreamHttp(inner => clocks = new ClockWatch(TimeProvider.System, inner))));
        await app.StartAsync(cancellationToken);
        (options.Port, options.Host, options.Key) = (port, host, key);
        var patient = new DoctorPatient(app, options, clocks!, await app.Services.GetRequiredService<Router>().DefaultTargetAsync(cancellationToken));
        var findings = new List<DoctorFinding>();
        foreach (var check in checks)
        {
            await foreach (var finding in check(patient, cancellationToken)) findings.Add(finding);
        }

        return findings;
    }
}

/// <summary>Looks at one thing.</summary>
internal delegate IAsyncEnumerable<DoctorFinding> DoctorCheck(DoctorPatient patient, CancellationToken cancellationToken);
