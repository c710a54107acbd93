using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Tokens;

namespace Dragoman.Routing;

/// <summary>Decides where a request goes: by the client's name for the model, by what the request is, and by what the upstreams have.</summary>
internal sealed class Router
{
    private const string AnthropicName = "anthropic";

    // What agents ask for most, in the tier that every provider has something for.
    private const string UsualClaude = "claude-sonnet-4-5";

    private static readonly Target Demo = new(ProviderSet.DemoName, ProviderSet.DemoName);

    private readonly DragomanOptions _options;
    private readonly ProviderSet _providers;
    private readonly ModelCatalog _catalog;
    private readonly TokenEstimator _tokens;
    private readonly SessionMemory _sessions;
    private volatile bool _upstreamSeen;

    /// <summary>Reads <c>models</c> and <c>roles</c>.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="providers">The upstreams.</param>
    /// <param name="catalog">What they have.</param>
    /// <param name="tokens">Estimates a request's size, for the role longContext.</param>
    /// <param name="sessions">What was seen of sessions, for the roles subagent and longContext.</param>
    /// <param name="problems">Gets what is wrong with the settings; then the router must not be used.</param>
    public Router(DragomanOptions options, ProviderSet providers, ModelCatalog catalog, TokenEstimator tokens, SessionMemory sessions, ConfigProblems problems)
    {
        (_options, _providers, _catalog, _tokens, _sessions) = (options, providers, catalog, tokens, sessions);
        Map = new ModelMap(options.Models, problems);
        Roles = new Roles(options.Roles, problems);
    }

    /// <summary>The user's map and the default one.</summary>
    public ModelMap Map { get; }

    /// <summary>The user's roles.</summary>
    public Roles Roles { get; }

    /// <summary>Where requests for <paramref name="model"/> go, as far as the name alone says. Where load is spread: the models in the order of the configuration.</summary>
    public ValueTask<Route> RouteAsync(string model, CancellationToken cancellationToken) => ByNameAsync(model, request: null, cancellationToken);

    /// <summary>Where a request goes, be it for an answer or for a count: by the first role that takes it, else by its name.</summary>
    public async ValueTask<Route> RouteAsync(MessagesRequest request, CancellationToken cancellationToken)
    {
        if (Roles.NeedMainModel && ClaudeCode.IsMainTurn(request)) _sessions.SawMainTurn(request.Session.Id!, request.Model);
        if (!RolesConcern(request)) return await ByNameAsync(request.Model, request, cancellationToken);
        var subject = await SubjectAsync(request, cancellationToken);
        foreach (var role in Roles.All)
        {
            var verdict = RoleRules.Judge(role, subject);
            if (role.Above is not null) _sessions.SawSize(Affinity.ConversationOf(request), verdict.Takes);
            if (verdict.Takes) return Routed(role.Choice, await FirstProviderAsync(cancellationToken), $"role {role.Name} ({verdict.Why})", request) with { Role = role.Name };
        }

        return await ByNameAsync(request.Model, request, cancellationToken);
    }

    /// <summary>Roles stand in for Claude's names; whoever names a model of an upstream means that one.</summary>
    public bool RolesConcern(MessagesRequest request) => Roles.All.Count > 0 && ModelName.IsClaude(ModelName.Clean(request.Model)) && Straight(request.Model) is null;

    /// <summary>What the roles look at in a request.</summary>
    public async ValueTask<RoleSubject> SubjectAsync(MessagesRequest request, CancellationToken cancellationToken)
    {
        var mainModel = Roles.NeedMainModel && request.Session.Id is { } session ? _sessions.MainModel(session) : null;
        if (!Roles.NeedSize) return new RoleSubject(request, Tokens: 0, mainModel, WasLong: false);
        // In tokens of the model that would get it otherwise: its context is what the limit is set for.
        var otherwise = await ByNameAsync(request.Model, request, cancellationToken);
        return new RoleSubject(request, _tokens.Estimate(request, otherwise.Targets[0].ToString()).Tokens, mainModel, _sessions.WasLong(Affinity.ConversationOf(request)));
    }

    /// <summary>The target of names that nothing else matches.</summary>
    public async ValueTask<Target> DefaultTargetAsync(CancellationToken cancellationToken)
    {
        var provider = await FirstProviderAsync(cancellationToken);
        if (provider == ProviderSet.DemoName) return Demo;
        return Parse(Map.CatchAll?.Choice.Models[0].Model ?? Unmapped(UsualClaude, provider, await _catalog.ListAsync(provider, cancellationToken)), provider);
    }

    /// <summary>What answers for a model that nobody chose: itself, if the first provider has it or can't tell; else the user's default model, else the best that is there.</summary>
    public string Available(string model, ModelList installed)
    {
        if (installed.Models.Count == 0 || installed.Find(model) is not null) return model;
        return _options.DefaultModelChosen ? _options.DefaultModel : Best(installed)?.Name ?? model;
    }

    // The steps of docs/routing.md#which-model-answers in their order; the second, roles, is of requests and not of names.
    private async ValueTask<Route> ByNameAsync(string model, MessagesRequest? request, CancellationToken cancellationToken)
    {
        if (Straight(model) is { } named) return new Route([named], "provider/model by name");
        var provider = await FirstProviderAsync(cancellationToken);
        if (provider == ProviderSet.DemoName) return new Route([Demo], "no upstream, so the demo");
        var name = ModelName.Clean(model);
        if (Map.Mapped(name) is { } mapped) return Routed(mapped.Choice, provider, mapped.Reason, request);
        // It has every name of Claude's, also those that its list doesn't show.
        if (ModelName.IsClaude(name) && _providers[provider] is IPassThrough { TakesClaudeNames: true }) return new Route([new Target(provider, name)], "passed on under its own name");
        var installed = await _catalog.ListAsync(provider, cancellationToken);
        if (installed.Find(name) is { } known) return new Route([new Target(provider, known.Name)], "a model of the first provider");
        if (Map.CatchAll is { } others) return Routed(others.Choice, provider, others.Reason, request);
        return ModelName.IsClaude(name)
            ? ByTier(name, provider, installed, request)
            // Not ours to judge: the upstream may know it (a model pulled this second, a cloud model), or says that it doesn't.
            : new Route([new Target(provider, name)], "a name that nothing matches goes to the first provider");
    }

    // A Claude id that neither the user nor the first provider knows by its name.
    private Route ByTier(string name, string provider, ModelList installed, MessagesRequest? request)
    {
        if (_providers[provider].TakesClaudeNames)
        {
            return Map.MappedTier(name) is { } tier ? Routed(tier.Choice, provider, tier.Reason, request) : new Route([Parse(Unmapped(name, provider, installed), provider)], "the first provider's stand-in for this tier");
        }

        if (Map.ByDefault(name) is not { } byDefault) return new Route([Parse(Unmapped(name, provider, installed), provider)], "default model");
        // Who mapped something has the default map as it is.
        var models = byDefault.Choice.Models.Select(model => Map.IsDefault ? model with { Model = Available(model.Model, installed) } : model);
        return Routed(byDefault.Choice with { Models = [.. models] }, provider, byDefault.Reason, request);
    }

    // Where no map says anything: the model that the user chose for this; else the provider's own choice for the tier, by its Claude name when its models can't be
    // listed now; else the usual model.
    private string Unmapped(string claude, string provider, ModelList installed)
    {
        if (_options.DefaultModelChosen) return _options.DefaultModel;
        if (!_providers[provider].TakesClaudeNames) return Available(_options.DefaultModel, installed);
        var tier = ModelName.Tier(claude) ?? ModelName.Tier(UsualClaude)!;
        return installed.Models.FirstOrDefault(model => model.StandsFor.Contains(tier, StringComparer.OrdinalIgnoreCase))?.Name ?? claude;
    }

    // While nobody named an upstream, the demo answers until the usual one has been seen once.
    private async ValueTask<string> FirstProviderAsync(CancellationToken cancellationToken)
    {
        if (_upstreamSeen || _options.UpstreamChosen) return _providers.Default;
        if ((await _catalog.ListAsync(_providers.Default, cancellationToken)).Error is not null) return ProviderSet.DemoName;
        _upstreamSeen = true;
        return _providers.Default;
    }

    // An agent needs tools first; of those models the largest that runs here, then the newest.
    private static ModelInfo? Best(ModelList installed) => installed.Models
        .Where(model => model.Generates)
        .OrderByDescending(model => model.Tools)
        .ThenBy(model => model.Remote)
        .ThenByDescending(model => model.Billions)
        .ThenByDescending(model => model.CreatedAt)
        .FirstOrDefault();

    private Route Routed(ModelChoice choice, string provider, string reason, MessagesRequest? request)
    {
        Affinity? affinity = choice.Spread && request is not null ? Affinity.Of(request) : null;
        var models = affinity is { } session ? choice.InOrderOf(session.Key) : choice.Models;

        var targets = new Target[models.Count];
        for (var i = 0; i < targets.Length; i++) targets[i] = Parse(models[i].Model, provider);
        return new Route(targets, affinity is null ? reason : $"{reason}, spread") { Affinity = affinity };
    }

    private Target Parse(string model, string provider) => Explicit(model) ?? new Target(provider, model);

    // Whoever names provider and model gets them, whatever patterns would match.
    private Target? Straight(string model)
    {
        var name = ModelName.Clean(model);
        // The prefix of the discovery list, and the name of a provider: of Claude's names it can only be the second.
        var anthropic = ModelName.IsClaude(name) && model.TrimStart().StartsWith(ModelName.DiscoveryPrefix, StringComparison.OrdinalIgnoreCase) && _providers.Has(AnthropicName);
        return anthropic ? new Target(AnthropicName, name) : Explicit(name);
    }

    // "ollama/qwen3:8b"; an upstream's own names may hold slashes too ("hf.co/…"), so the first part must be a provider.
    private Target? Explicit(string model)
    {
        var slash = model.IndexOf('/');
        return slash > 0 && slash < model.Length - 1 && _providers.Has(model[..slash]) ? new Target(model[..slash], model[(slash + 1)..]) : null;
    }
}
