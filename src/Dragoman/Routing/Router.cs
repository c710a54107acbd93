using Dragoman.Providers;

namespace Dragoman.Routing;

/// <summary>Decides where a request goes: the client's model name to an ordered list of targets, the first the best.</summary>
internal sealed class Router(DragomanOptions options, ProviderSet providers, ModelCatalog catalog)
{
    private const string AnthropicName = "anthropic";

    private readonly ModelMap _map = new(options.Models);
    private volatile bool _upstreamSeen;

    /// <summary>The user's map and the default one.</summary>
    public ModelMap Map => _map;

    /// <summary>Where requests for <paramref name="model"/> go.</summary>
    public async ValueTask<IReadOnlyList<Target>> RouteAsync(string model, CancellationToken cancellationToken)
    {
        if (await IsDemoAsync(cancellationToken)) return [new Target(ProviderSet.DemoName, ProviderSet.DemoName)];
        var name = ModelName.Clean(model);
        // The prefix of the discovery list, and the name of a provider: of Claude's names it can only be the second.
        if (name.Length != model.Length && ModelName.IsClaude(name) && model.StartsWith(ModelName.DiscoveryPrefix, StringComparison.OrdinalIgnoreCase) && providers.Has(AnthropicName)) return [new Target(AnthropicName, name)];
        if (_map.Mapped(name) is { } mapped) return Targets(mapped);
        if (Explicit(name) is { } named) return [named];
        if (providers[providers.Default] is IPassThrough passing && passing.Serves(name)) return [new Target(providers.Default, name)];
        var installed = await catalog.ListAsync(providers.Default, cancellationToken);
        if (installed.Find(name) is { } known) return [new Target(providers.Default, known.Name)];
        if (_map.CatchAll is { } others) return Targets(others);
        if (_map.ByDefault(name) is { } byDefault) return Targets([.. byDefault.Select(model => Substitute(model, installed) ?? model)]);
        if (ModelName.IsClaude(name)) return Targets([DefaultModel(installed)]);
        // Not ours to judge: the upstream may know it (a model pulled this second, a cloud model), or says that it doesn't.
        return [new Target(providers.Default, name)];
    }

    /// <summary>The target of names that nothing else matches.</summary>
    public async ValueTask<Target> DefaultTargetAsync(CancellationToken cancellationToken)
    {
        if (await IsDemoAsync(cancellationToken)) return new Target(ProviderSet.DemoName, ProviderSet.DemoName);
        if (_map.CatchAll is [{ } first, ..]) return Parse(first);
        return Parse(DefaultModel(await catalog.ListAsync(providers.Default, cancellationToken)));
    }

    /// <summary>The installed model that takes the place of a default one that isn't installed; null when none is needed or none is fit.</summary>
    public string? Substitute(string model, ModelList installed)
    {
        if (!_map.IsDefault || installed.Models.Count == 0 || installed.Find(model) is not null) return null;
        if (options.DefaultModelChosen && model != options.DefaultModel) return options.DefaultModel;
        return options.DefaultModelChosen ? null : Best(installed)?.Name;
    }

    private string DefaultModel(ModelList installed) => Substitute(options.DefaultModel, installed) ?? options.DefaultModel;

    // Without any setting and without an upstream the demo answers, until an upstream has been seen once.
    private async ValueTask<bool> IsDemoAsync(CancellationToken cancellationToken)
    {
        if (_upstreamSeen || options.UpstreamChosen) return false;
        var list = await catalog.ListAsync(providers.Default, cancellationToken);
        if (list.Error is not null) return true;
        _upstreamSeen = true;
        return false;
    }

    // An agent needs tools first; of those models the largest that runs here, then the newest.
    private static ModelInfo? Best(ModelList installed) => installed.Models
        .Where(model => model.Generates)
        .OrderByDescending(model => model.Tools)
        .ThenBy(model => model.Remote)
        .ThenByDescending(model => model.Billions)
        .ThenByDescending(model => model.CreatedAt)
        .FirstOrDefault();

    private List<Target> Targets(IReadOnlyList<string> models) => [.. models.Select(Parse)];

    private Target Parse(string model) => Explicit(model) ?? new Target(providers.Default, model);

    // "ollama/qwen3:8b"; an upstream's own names may hold slashes too ("hf.co/…"), so the first part must be a provider.
    private Target? Explicit(string model)
    {
        var slash = model.IndexOf('/');
        return slash > 0 && slash < model.Length - 1 && providers.Has(model[..slash]) ? new Target(model[..slash], model[(slash + 1)..]) : null;
    }
}
