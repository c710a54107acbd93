using System.Text.Json;

namespace Dragoman.Providers.OpenAi;

/// <summary>What is known of a server: its dialect, and its models.</summary>
/// <param name="Dialect">The server's row of the table.</param>
/// <param name="Models">Its models; empty when it could not be asked.</param>
internal sealed record ServerModels(OpenAiDialect Dialect, IReadOnlyList<ModelInfo> Models)
{
    /// <summary>How many requests it works on at once; null: nobody says, or it doesn't matter.</summary>
    public int? Slots { get; init; }

    /// <summary>The model of this name, if it is known.</summary>
    public ModelInfo? Find(string name) => Models.FirstOrDefault(model => model.IsCalled(name));
}

/// <summary>The models that a server has, by <c>/models</c> and, for context sizes, by what some servers have beside it. Whose list it is tells the dialect too.</summary>
internal sealed class OpenAiModels(OpenAiClient client, OpenAiSettings settings, OpenAiDialect known, Uri address, TimeProvider time)
{
    // A local server may be restarted with another model or context size at any time.
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    // After a failure the request itself tells what is wrong; a slow or locked list must not delay each one.
    private static readonly TimeSpan FailureFreshness = TimeSpan.FromMinutes(1);

    // A list is answered at once by a server that is alive; a request can't wait for more.
    private static readonly TimeSpan ListTimeout = TimeSpan.FromSeconds(3);

    private const string LmStudio = "lmstudio";
    private const string LlamaCpp = "llamacpp";
    private const string LocalAi = "localai";

    private readonly Lock _lock = new();
    private Task<ServerModels?>? _listing;
    private long _listed;

    // Of the last list that came: while it is asked for anew, or can't be had, prices are what they were.
    private volatile Dictionary<string, ModelPrice> _prices = [];

    /// <summary>What the server's list says that a model costs; null when it doesn't say, or wasn't asked yet.</summary>
    public ModelPrice? PriceOf(string model) => _prices.GetValueOrDefault(model);

    /// <summary>What is known of the server.</summary>
    public async ValueTask<ServerModels> GetAsync(CancellationToken cancellationToken)
    {
        Task<ServerModels?> listing;
        lock (_lock)
        {
            if (_listing is null || (_listing.IsCompleted && !IsFresh(_listing)))
            {
                _listing = TryAskAsync();
                _listed = time.GetTimestamp();
            }

            listing = _listing;
        }

        return await listing.WaitAsync(cancellationToken) ?? new ServerModels(known, []);
    }

    /// <summary>All models.</summary>
    /// <exception cref="UpstreamException">The server can't be reached or refuses.</exception>
    public async ValueTask<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        var server = await AskAsync(cancellationToken);
        lock (_lock)
        {
            _listing = Task.FromResult<ServerModels?>(server);
            _listed = time.GetTimestamp();
        }

        return server.Models;
    }

    private bool IsFresh(Task<ServerModels?> listing) =>
        time.GetElapsedTime(_listed) < (listing is { IsCompletedSuccessfully: true, Result: not null } ? Freshness : FailureFreshness);

    // Not the business of one client alone: it goes on when the client that asked first goes away.
    private async Task<ServerModels?> TryAskAsync()
    {
        await Task.Yield();
        using var limit = new CancellationTokenSource(ListTimeout, time);
        try
        {
            return await AskAsync(limit.Token);
        }
        catch (Exception failed) when (failed is UpstreamException or OperationCanceledException)
        {
            // The request itself will tell what is wrong, or that nothing is: some servers have no list.
            return null;
        }
    }

    private async Task<ServerModels> AskAsync(CancellationToken cancellationToken)
    {
        using var answer = await client.ListModelsAsync(cancellationToken);
        // Together answers with the array alone.
        var entries = answer.RootElement.ValueKind == JsonValueKind.Array ? answer.RootElement : answer.RootElement.Find("data") ?? default;
        if (entries.ValueKind != JsonValueKind.Array) return new ServerModels(known, []);
        var listed = entries.EnumerateArray().ToList();
        var dialect = Recognize(listed);
        var models = listed.Select(entry => ListedModel.Read(entry, isRemote: !address.IsLoopback)).OfType<ModelInfo>().ToList();
        if (dialect.Name == LmStudio) models = await WithLmStudioAsync(models, cancellationToken);
        if (dialect.Name == LocalAi) models = await WithLocalAiAsync(models, cancellationToken);
        var prices = new Dictionary<string, ModelPrice>(StringComparer.OrdinalIgnoreCase);
        foreach (var model in models.Where(model => model.Price is not null)) prices[model.Name] = model.Price!;
        _prices = prices;
        int? slots = null;
        if (dialect.Name == LlamaCpp) (models, slots) = await WithLlamaCppAsync(models, cancellationToken);
        return new ServerModels(dialect, [.. models.Select(Configured)]) { Slots = slots };
    }

    private OpenAiDialect Recognize(List<JsonElement> entries)
    {
        if (known != OpenAiDialects.Generic || settings.Dialect is not null) return known;
        var owner = entries.Select(entry => JsonTexts.Of(entry, "owned_by")).FirstOrDefault(owner => owner.Length > 0);
        return owner is null ? known : OpenAiDialects.Owning(owner) ?? known;
    }

    // The context of the model as it is loaded, kinds of models, sizes, and whether they call tools: only here, in versions before 0.4 under another path.
    private async Task<List<ModelInfo>> WithLmStudioAsync(List<ModelInfo> models, CancellationToken cancellationToken)
    {
        var isRemote = !address.IsLoopback;
        using var own = await TryAskServerAsync("/api/v1/models", cancellationToken);
        if (own?.RootElement.Find("models") is { ValueKind: JsonValueKind.Array } entries) return Described(models, entries.EnumerateArray().SelectMany(entry => ListedModel.ReadLmStudio(entry, isRemote)));
        using var older = await TryAskServerAsync("/api/v0/models", cancellationToken);
        return Listed(older) is { } listed ? Described(models, listed) : models;
    }

    // What each of its models is for, of which many neither read nor write text (mudler/LocalAI, core/http/endpoints/openai/list_capabilities.go). Nothing tells their contexts;
    // whether they call tools it knows of models only that it has loaded (core/config/model_capabilities.go), so that counts for nothing.
    private async Task<List<ModelInfo>> WithLocalAiAsync(List<ModelInfo> models, CancellationToken cancellationToken)
    {
        using var own = await TryAskServerAsync("/v1/models/capabilities", cancellationToken);
        return Listed(own) is { } listed ? Described(models, listed.Select(model => model with { Tools = true })) : models;
    }

    private List<ModelInfo>? Listed(JsonDocument? list) => list?.RootElement.Find("data") is { ValueKind: JsonValueKind.Array } entries
        ? [.. entries.EnumerateArray().Select(entry => ListedModel.Read(entry, isRemote: !address.IsLoopback)).OfType<ModelInfo>()]
        : null;

    private static List<ModelInfo> Described(List<ModelInfo> models, IEnumerable<ModelInfo> descriptions)
    {
        var described = new Dictionary<string, ModelInfo>(StringComparer.OrdinalIgnoreCase);
        foreach (var description in descriptions) described.TryAdd(description.Name, description);
        return [.. models.Select(model => described.GetValueOrDefault(model.Name, model))];
    }

    /// <summary>How many requests a server on this machine works on at once: llama.cpp's has few slots, whose caches hold the conversations. Null: no limit is known.</summary>
    public async ValueTask<int?> SlotsAsync(CancellationToken cancellationToken)
    {
        if (!address.IsLoopback) return null;
        var server = await GetAsync(cancellationToken);
        return server.Dialect.Name == LlamaCpp ? server.Slots ?? 1 : null;
    }

    // The one model's context and the slots, as the server was started.
    private async Task<(List<ModelInfo> Models, int? Slots)> WithLlamaCppAsync(List<ModelInfo> models, CancellationToken cancellationToken)
    {
        using var props = await TryAskServerAsync("/props", cancellationToken);
        if (props is null) return (models, null);
        var context = props.RootElement.Find("default_generation_settings") is { } defaults ? JsonTexts.Number(defaults, "n_ctx") : JsonTexts.Number(props.RootElement, "n_ctx");
        var sees = props.RootElement.Find("modalities") is { } modalities && modalities.Find("vision") is { ValueKind: JsonValueKind.True };
        return ([.. models.Select(model => model with { MaxInputTokens = context ?? model.MaxInputTokens, Vision = model.Vision || sees })], JsonTexts.Number(props.RootElement, "total_slots"));
    }

    private async Task<JsonDocument?> TryAskServerAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await client.AskServerAsync(path, body: null, cancellationToken);
        }
        catch (UpstreamException)
        {
            // An older server, or one that hides it: what the list says has to do.
            return null;
        }
    }

    private ModelInfo Configured(ModelInfo model)
    {
        if (settings.Of(model.Name) is not { } own) return model;
        return model with
        {
            MaxInputTokens = own.ContextTokens ?? model.MaxInputTokens,
            MaxOutputTokens = own.OutputTokens ?? model.MaxOutputTokens,
            Vision = own.Vision ?? model.Vision,
        };
    }
}
