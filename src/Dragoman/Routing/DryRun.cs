using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tools;

namespace Dragoman.Routing;

/// <summary>
/// Finds out what would become of a request without sending it: the decision step by step, and the body that the first target would get. Upstreams may be asked what
/// models they have, and files that the request names by URL are fetched, as for a real answer.
/// </summary>
internal sealed class DryRun(Router router, ProviderSet providers, ModelCatalog catalog)
{
    /// <summary>Explains one request.</summary>
    public async Task<Explanation> ExplainAsync(MessagesRequest request, CancellationToken cancellationToken)
    {
        var route = await router.RouteAsync(request, cancellationToken);
        var (opened, body, error) = await TranslateAsync(request, route, cancellationToken);
        return new Explanation
        {
            Request = request,
            ByName = await router.RouteAsync(request.Model, cancellationToken),
            RolesConcern = router.RolesConcern(request),
            Roles = await RolesAsync(request, cancellationToken),
            Route = route,
            Targets = await TargetsAsync(route, cancellationToken),
            Body = body,
            Degraded = opened?.Degraded ?? [],
            Error = error,
        };
    }

    private async Task<List<RoleStep>> RolesAsync(MessagesRequest request, CancellationToken cancellationToken)
    {
        var subject = await router.SubjectAsync(request, cancellationToken);
        var steps = new List<RoleStep>();
        foreach (var name in Roles.Names)
        {
            var role = router.Roles.All.FirstOrDefault(role => role.Name == name);
            steps.Add(new RoleStep(name, role is null ? null : RoleRules.Judge(role, subject)));
        }

        return steps;
    }

    private async Task<List<TargetStep>> TargetsAsync(Route route, CancellationToken cancellationToken)
    {
        var steps = new List<TargetStep>();
        foreach (var target in route.Targets)
        {
            var list = await catalog.ListAsync(target.Provider, cancellationToken);
            steps.Add(new TargetStep(target, list.Find(target.Model)?.MaxInputTokens));
        }

        return steps;
    }

    // The first event is there before anything is sent; ending the enumeration then is what a client that goes away does.
    private async Task<(Opened? Opened, byte[] Body, string? Error)> TranslateAsync(MessagesRequest request, Route route, CancellationToken cancellationToken)
    {
        var target = route.Targets[0];
        var provider = providers[target.Provider];
        try
        {
            if (request.Fault is { } fault && provider is not IPassThrough) throw fault;
            if (!route.Targets.All(other => providers[other.Provider] is IPassThrough)) (request, _) = ContextEditing.Apply(request, counted => counted);
            await foreach (var step in provider.StreamAsync(request, target, cancellationToken))
            {
                if (step.Kind == ReplyEventKind.Opened) return (step.Opened, step.Opened.Body.ToArray(), null);
                if (step.Kind == ReplyEventKind.Failed) return (null, [], $"{target}: {step.Error.Message}");
                break;
            }

            return (null, [], $"{target} did not translate the request.");
        }
        catch (InvalidRequestException refused)
        {
            return (null, [], $"{target}: {refused.Message}");
        }
    }
}

/// <summary>What would become of a request.</summary>
internal sealed record Explanation
{
    /// <summary>The request.</summary>
    public required MessagesRequest Request { get; init; }

    /// <summary>Where the name alone leads.</summary>
    public required Route ByName { get; init; }

    /// <summary>Roles are looked at: the name is one of Claude's.</summary>
    public required bool RolesConcern { get; init; }

    /// <summary>All roles in their order of precedence.</summary>
    public required IReadOnlyList<RoleStep> Roles { get; init; }

    /// <summary>The decision.</summary>
    public required Route Route { get; init; }

    /// <summary>The targets of <see cref="Route"/>.</summary>
    public required IReadOnlyList<TargetStep> Targets { get; init; }

    /// <summary>What the first target would get, JSON; empty when there is nothing to send (the demo) or <see cref="Error"/> says why not.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What the first target can't take as it was asked.</summary>
    public required IReadOnlyList<string> Degraded { get; init; }

    /// <summary>Why the first target would not be asked; null when it would.</summary>
    public required string? Error { get; init; }
}

/// <summary>A role and what it says of a request; null: it isn't in the configuration.</summary>
internal sealed record RoleStep(string Role, RoleVerdict? Verdict);

/// <summary>A target and the largest prompt that it takes, in tokens, where that is known.</summary>
internal sealed record TargetStep(Target Target, int? ContextTokens);
