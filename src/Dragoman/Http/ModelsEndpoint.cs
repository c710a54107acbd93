using Dragoman.Providers;
using Dragoman.Routing;
using Dragoman.Telemetry;

namespace Dragoman.Http;

/// <summary><c>GET /v1/models</c> and <c>/v1/models/{id}</c>: every model that the providers have, and the Claude names that are mapped to them.</summary>
internal sealed class ModelsEndpoint(Router router, ProviderSet providers, ModelCatalog catalog)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 1000;

    /// <summary>A page of models.</summary>
    public async Task ListAsync(HttpContext http, Exchange exchange)
    {
        var query = http.Request.Query;
        var limit = Limit(query["limit"]);
        var wanted = query["lifecycle[]"];
        var all = wanted.Count > 0 && !wanted.Contains("active") ? [] : await AllAsync(ClientAgent.IsClaudeCode(http), http.RequestAborted);
        var start = query["after_id"] is [{ } after] ? IndexOf(all, after, "after_id") + 1 : 0;
        var end = Math.Min(all.Count, start + limit);
        var backwards = query["before_id"] is [{ Length: > 0 }];
        if (backwards)
        {
            end = IndexOf(all, query["before_id"]!, "before_id");
            start = Math.Max(0, end - limit);
        }

        var page = all[start..end];
        await JsonReply.SendAsync(http, 200, json =>
        {
            json.WriteStartArray("data"u8);
            foreach (var model in page) model.Write(json);
            json.WriteEndArray();
            // In the direction in which the client turns the pages.
            json.WriteBoolean("has_more"u8, backwards ? start > 0 : end < all.Count);
            json.WriteString("first_id"u8, page.FirstOrDefault()?.Id);
            json.WriteString("last_id"u8, page.LastOrDefault()?.Id);
        });
    }

    /// <summary>One model; ids may hold slashes and come with or without the prefix of the discovery list.</summary>
    public async Task GetAsync(HttpContext http, Exchange exchange)
    {
        // Routing decodes everything but an encoded slash.
        var id = Uri.UnescapeDataString((string)http.Request.RouteValues["id"]!);
        var all = await AllAsync(discovery: false, http.RequestAborted);
        var name = ModelName.Clean(id);
        var found = all.Find(model => Same(model.Id, id)) ?? all.Find(model => Same(model.Id, name) || Same(model.Target.ToString(), name) || model.Info?.IsCalled(name) == true);
        if (found is null) found = await UnlistedAsync(id, name, http.RequestAborted);
        else if (found.Info is null) found = found with { Info = await DescribeAsync(found.Target, http.RequestAborted) };
        if (found is null) throw new ApiException(ApiError.NotFound($"model: {id}"));
        await JsonReply.SendAsync(http, 200, (found with { Id = id }).WriteFields);
    }

    // Any Claude name is served by what it is mapped to; an upstream that speaks the client's language may have others that its list doesn't show.
    private async Task<ListedModel?> UnlistedAsync(string id, string name, CancellationToken cancellationToken)
    {
        var target = (await router.RouteAsync(name, cancellationToken)).Targets[0];
        var info = await DescribeAsync(target, cancellationToken);
        var isNamed = info is not null && providers[target.Provider] is IPassThrough && (Same(target.Model, name) || Same(target.ToString(), name));
        return isNamed || ModelName.IsClaude(name) ? new ListedModel(id, target, info) : null;
    }

    private async ValueTask<ModelInfo?> DescribeAsync(Target target, CancellationToken cancellationToken)
    {
        if ((await catalog.ListAsync(target.Provider, cancellationToken)).Find(target.Model) is { } listed) return listed;
        return providers[target.Provider] is IPassThrough passing ? await passing.FindModelAsync(target.Model, cancellationToken) : null;
    }

    private async Task<List<ListedModel>> AllAsync(bool discovery, CancellationToken cancellationToken)
    {
        var listed = new List<ListedModel>();
        foreach (var provider in providers.Names)
        {
            var models = (await catalog.ListAsync(provider, cancellationToken)).Models;
            listed.AddRange(models.Where(model => model.Generates).OrderByDescending(model => model.CreatedAt).Select(model =>
            {
                var target = new Target(provider, model.Name);
                var id = provider == providers.Default ? model.Name : target.ToString();
                return new ListedModel(discovery ? ModelName.DiscoveryPrefix + id : id, target, model);
            }));
        }

        foreach (var name in router.Map.Names.Where(name => listed.TrueForAll(model => !Same(model.Id, name))))
        {
            var target = (await router.RouteAsync(name, cancellationToken)).Targets[0];
            listed.Add(new ListedModel(discovery && !IsKept(name) ? ModelName.DiscoveryPrefix + name : name, target, (await catalog.ListAsync(target.Provider, cancellationToken)).Find(target.Model)));
        }

        return listed;
    }

    // A cursor that is not in the list would silently start it again, and a client that follows has_more would never end.
    private static int IndexOf(List<ListedModel> all, string? id, string field) =>
        all.FindIndex(model => model.Id == id) is >= 0 and var index ? index : throw new ApiException(ApiError.Invalid($"{field}: there is no model '{id}' in this list"));

    // Claude Code's discovery keeps only these.
    private static bool IsKept(string id) => id.Contains("claude", StringComparison.OrdinalIgnoreCase) || id.Contains("anthropic", StringComparison.OrdinalIgnoreCase);

    private static int Limit(string? text)
    {
        if (string.IsNullOrEmpty(text)) return DefaultLimit;
        return int.TryParse(text, out var limit) && limit is >= 1 and <= MaxLimit
            ? limit
            : throw new ApiException(ApiError.Invalid($"limit: Input should be a valid integer from 1 to {MaxLimit}"));
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
