using Dragoman.Discovery;
using Dragoman.Providers;
using Dragoman.Routing;

namespace Dragoman.Cli;

/// <summary>A model of a provider with all that is known of it.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Info">What its list says.</param>
/// <param name="Loaded">What it is in memory; null: it isn't, or nobody knows.</param>
/// <param name="ClaudeNames">The names of Claude's models and the entries of the map that lead to it.</param>
internal sealed record FoundModel(string Provider, ModelInfo Info, LoadedModel? Loaded, IReadOnlyList<string> ClaudeNames);

/// <summary>All models of all providers, or why a provider can't be asked.</summary>
/// <param name="Models">The models, in the order of the configuration.</param>
/// <param name="Failures">Providers that can't be asked, with the reason.</param>
internal sealed record FoundModels(IReadOnlyList<FoundModel> Models, IReadOnlyList<(string Provider, string Reason)> Failures)
{
    /// <summary>Asks all providers at once, or one.</summary>
    public static async Task<FoundModels> AskAsync(DragomanOptions options, ProviderSet providers, ModelCatalog catalog, Router router, string? only, CancellationToken cancellationToken)
    {
        var names = providers.Names.Where(name => name != ProviderSet.DemoName && (only is null || string.Equals(name, only, StringComparison.OrdinalIgnoreCase))).ToList();
        var asked = await Task.WhenAll(names.Select(name => AskAsync(providers[name], name, catalog, cancellationToken)));
        var mapped = await MappedAsync(options, router, cancellationToken);
        var models = asked.SelectMany(answer => answer.List.Models.Where(model => model.Generates).Select(model => new FoundModel(
            answer.Provider,
            model,
            answer.Loaded.FirstOrDefault(loaded => model.IsCalled(loaded.Name)),
            [.. mapped.Where(pair => pair.Target.Provider == answer.Provider && model.IsCalled(pair.Target.Model)).Select(pair => pair.Name)])));
        return new FoundModels([.. models], [.. asked.Where(answer => answer.List.Error is not null).Select(answer => (answer.Provider, Reason(answer.Provider, answer.List.Error!.Message)))]);
    }

    /// <summary>Why a provider can't be asked, without its name, which stands before it anyway.</summary>
    public static string Reason(string provider, string message) => message.StartsWith(provider + ": ", StringComparison.Ordinal) ? message[(provider.Length + 2)..] : message;

    private static async Task<(string Provider, ModelList List, IReadOnlyList<LoadedModel> Loaded)> AskAsync(IProvider provider, string name, ModelCatalog catalog, CancellationToken cancellationToken)
    {
        var list = await catalog.ListAsync(name, cancellationToken);
        if (list.Error is not null || provider is not ILocalModels local) return (name, list, []);
        try
        {
            return (name, list, await local.ListLoadedAsync(cancellationToken));
        }
        catch (UpstreamException)
        {
            // An old server, or ollama.com: it lists its models and doesn't say what runs.
            return (name, list, []);
        }
    }

    private static async Task<List<(string Name, Target Target)>> MappedAsync(DragomanOptions options, Router router, CancellationToken cancellationToken)
    {
        var tiers = Tier.Names.Select(tier => (Shown: tier, Name: Tier.ClaudeName(tier)));
        // A name that such a pattern matches.
        var entries = options.Models.Keys.Select(pattern => (Shown: pattern, Name: pattern.Replace("*", "any", StringComparison.Ordinal)));
        var mapped = new List<(string, Target)>();
        foreach (var (shown, name) in tiers.Concat(entries)) mapped.Add((shown, (await router.RouteAsync(name, cancellationToken)).Targets[0]));
        return mapped;
    }
}
