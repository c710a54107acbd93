using Dragoman.Providers;

namespace Dragoman.Routing;

/// <summary>Decides where a request goes: the client's model name to an ordered list of targets, the first the best.</summary>
internal sealed class Router(DragomanOptions options, ProviderSet providers, ModelCatalog catalog)
{
    // What agents ask for most, in the tier that every provider has something for.
    private const string UsualClaude = "claude-sonnet-4-5";

    private static readonly Target Demo = new(ProviderSet.DemoName, ProviderSet.DemoName);

    private readonly ModelMap _map = new(options.Models);
    private volatile bool _upstreamSeen;

    /// <summary>The user's map and the default one.</summary>
    public ModelMap Map => _map;

    /// <summary>Where requests for <paramref name="model"/> go.</summary>
    public async ValueTask<IReadOnlyList<Target>> RouteAsync(string model, CancellationToken cancellationToken)
    {
        var provider = await DefaultProviderAsync(cancellationToken);
        if (provider == ProviderSet.DemoName) return [Demo];
        var name = ModelName.Clean(model);
        if (_map.Mapped(name) is { } mapped) return Targets(mapped, provider);
        if (Explicit(name) is { } named) return [named];
        var installed = await catalog.ListAsync(provider, cancellationToken);
        if (installed.Find(name) is { } known) return [new Target(provider, known.Name)];
        if (_map.CatchAll is { } others) return Targets(others, provider);
        if (ModelName.IsClaude(name) && providers[provider].TakesClaudeNames) return Targets(_map.MappedTier(name) ?? [StandIn(name, installed)], provider);
        if (_map.ByDefault(name) is { } byDefault) return Targets([.. byDefault.Select(model => Substitute(model, installed) ?? model)], provider);
        if (ModelName.IsClaude(name)) return Targets([DefaultModel(installed)], provider);
        // Not ours to judge: the upstream may know it (a model pulled this second, a cloud model), or says that it doesn't.
        return [new Target(provider, name)];
    }

    /// <summary>The target of names that nothing else matches.</summary>
    public async ValueTask<Target> DefaultTargetAsync(CancellationToken cancellationToken)
    {
        var provider = await DefaultProviderAsync(cancellationToken);
        if (provider == ProviderSet.DemoName) return Demo;
        if (_map.CatchAll is [{ } first, ..]) return Parse(first, provider);
        var installed = await catalog.ListAsync(provider, cancellationToken);
        return Parse(providers[provider].TakesClaudeNames ? StandIn(UsualClaude, installed) : DefaultModel(installed), provider);
    }

    /// <summary>The installed model that takes the place of a default one that isn't installed; null when none is needed or none is fit.</summary>
    public string? Substitute(string model, ModelList installed)
    {
        if (!_map.IsDefault || installed.Models.Count == 0 || installed.Find(model) is not null) return null;
        if (options.DefaultModelChosen && model != options.DefaultModel) return options.DefaultModel;
        return options.DefaultModelChosen ? null : Best(installed)?.Name;
    }

    // The provider's own choice for a tier; by its Claude name when its models can't be listed now. A model that the user chose for what nothing maps comes first.
    private string StandIn(string claude, ModelList installed)
    {
        if (options.DefaultModelChosen) return options.DefaultModel;
        var tier = ModelName.Tier(claude) ?? ModelName.Tier(UsualClaude)!;
        return installed.Models.FirstOrDefault(model => model.StandsFor.Contains(tier, StringComparer.OrdinalIgnoreCase))?.Name ?? claude;
    }

    private string DefaultModel(ModelList installed) => Substitute(options.DefaultModel, installed) ?? options.DefaultModel;

    // Without any setting and without the usual upstream another one answers for which there is a key in the environment, or else the demo; until the usual
    // one has been seen once.
    private async ValueTask<string> DefaultProviderAsync(CancellationToken cancellationToken)
    {
        if (_upstreamSeen || options.UpstreamChosen) return providers.Default;
        var list = await catalog.ListAsync(providers.Default, cancellationToken);
        if (list.Error is not null) return providers.Names.FirstOrDefault(name => name != providers.Default && name != ProviderSet.DemoName) ?? ProviderSet.DemoName;
        _upstreamSeen = true;
        return providers.Default;
    }

    // An agent needs tools first; of those models the largest that runs here, then the newest.
    private static ModelInfo? Best(ModelList installed) => installed.Models
        .Where(model => model.Generates)
        .OrderByDescending(model => model.Tools)
        .ThenBy(model => model.Remote)
        .ThenByDescending(model => model.Billions)
        .ThenByDescending(model => model.CreatedAt)
        .FirstOrDefault();

    private List<Target> Targets(IReadOnlyList<string> models, string provider) => [.. models.Select(model => Parse(model, provider))];

    private Target Parse(string model, string provider) => Explicit(model) ?? new Target(provider, model);

    // "ollama/qwen3:8b"; an upstream's own names may hold slashes too ("hf.co/…"), so the first part must be a provider.
    private Target? Explicit(string model)
    {
        var slash = model.IndexOf('/');
        return slash > 0 && slash < model.Length - 1 && providers.Has(model[..slash]) ? new Target(model[..slash], model[(slash + 1)..]) : null;
    }
}
