using System.Text.Json;
using Dragoman.Providers.Gemini.Request;

namespace Dragoman.Providers.Gemini;

/// <summary>The models that the API has: listed by the Gemini Developer API, known from <see cref="GeminiModelTable"/> on Vertex AI.</summary>
internal sealed class GeminiModels(GeminiClient client, GeminiSettings settings, GeminiFlavour flavour, TimeProvider time)
{
    // Models come and go in months; their limits don't change.
    private static readonly TimeSpan Freshness = TimeSpan.FromHours(1);

    // After a failure the table has to do for a while, so that a slow or locked list doesn't delay each request.
    private static readonly TimeSpan FailureFreshness = TimeSpan.FromMinutes(1);

    // A list is answered at once by an API that is alive; a request can't wait for more.
    private static readonly TimeSpan ListTimeout = TimeSpan.FromSeconds(3);

    // An API that gives page after page must not be asked for ever; a page holds a thousand models.
    private const int MaxPages = 10;

    private const string ResourcePrefix = "models/";

    private readonly Lock _lock = new();
    private Task<IReadOnlyList<ModelInfo>?>? _listing;
    private long _listed;

    // The last list that came.
    private volatile IReadOnlyList<ModelInfo>? _models;

    /// <summary>What is known of a model, under the name that the API has for it. One that isn't known is the API's to refuse.</summary>
    public async ValueTask<GeminiModelTraits> GetAsync(string name, CancellationToken cancellationToken)
    {
        var listed = flavour == GeminiFlavour.GeminiApi ? await KnownAsync(cancellationToken) : null;
        var model = Resolve(name, listed);
        var info = listed?.FirstOrDefault(known => known.IsCalled(model)) ?? Known(model);
        return GeminiModelTraits.Of(info.Name) with { InputLimit = info.MaxInputTokens, OutputLimit = info.MaxOutputTokens };
    }

    /// <summary>The API's name for a model by what is at hand: the API is not asked.</summary>
    public string NameOf(string name)
    {
        var listed = _models;
        var model = Resolve(name, listed);
        return listed?.FirstOrDefault(known => known.IsCalled(model))?.Name ?? model;
    }

    /// <summary>All models.</summary>
    /// <exception cref="UpstreamException">The API can't be reached or refuses.</exception>
    public async ValueTask<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        if (flavour != GeminiFlavour.GeminiApi) return [.. GeminiModelTable.Models.Select(Known).Select(model => model with { StandsFor = TiersOf(model.Name, listed: null) })];
        var models = await AskAsync(cancellationToken);
        Keep(Task.FromResult<IReadOnlyList<ModelInfo>?>(models));
        return models;
    }

    /// <summary>The API's name for a model: without the resource's prefix, and a Gemini model for one of Claude's, which the API could only refuse.</summary>
    /// <param name="name">The name that was asked for.</param>
    /// <param name="listed">What the API has; null when that isn't known.</param>
    public static string Resolve(string name, IReadOnlyList<ModelInfo>? listed)
    {
        var model = name.StartsWith(ResourcePrefix, StringComparison.OrdinalIgnoreCase) ? name[ResourcePrefix.Length..] : name;
        if (!model.StartsWith("claude", StringComparison.OrdinalIgnoreCase)) return model;
        var tier = GeminiModelTable.Tiers.Keys.FirstOrDefault(tier => model.Contains(tier, StringComparison.OrdinalIgnoreCase)) ?? "sonnet";
        return StandIn(tier, listed);
    }

    private static string StandIn(string tier, IReadOnlyList<ModelInfo>? listed)
    {
        var candidates = GeminiModelTable.Tiers[tier];
        return candidates.FirstOrDefault(name => listed?.Any(model => model.IsCalled(name)) == true) ?? candidates[0];
    }

    private static string[] TiersOf(string model, IReadOnlyList<ModelInfo>? listed) =>
        [.. GeminiModelTable.Tiers.Keys.Where(tier => string.Equals(StandIn(tier, listed), model, StringComparison.OrdinalIgnoreCase))];

    private async ValueTask<IReadOnlyList<ModelInfo>?> KnownAsync(CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<ModelInfo>?> listing;
        lock (_lock)
        {
            if (_listing is null || (_listing.IsCompleted && !IsFresh(_listing)))
            {
                _listing = TryAskAsync();
                _listed = time.GetTimestamp();
            }

            listing = _listing;
        }

        return await listing.WaitAsync(cancellationToken);
    }

    private bool IsFresh(Task<IReadOnlyList<ModelInfo>?> listing) =>
        time.GetElapsedTime(_listed) < (listing is { IsCompletedSuccessfully: true, Result: not null } ? Freshness : FailureFreshness);

    private void Keep(Task<IReadOnlyList<ModelInfo>?> listing)
    {
        lock (_lock)
        {
            _listing = listing;
            _listed = time.GetTimestamp();
        }
    }

    // Not the business of one client alone: it goes on when the client that asked first goes away.
    private async Task<IReadOnlyList<ModelInfo>?> TryAskAsync()
    {
        await Task.Yield();
        using var limit = new CancellationTokenSource(ListTimeout, time);
        try
        {
            return await AskAsync(limit.Token);
        }
        catch (Exception failed) when (failed is UpstreamException or OperationCanceledException)
        {
            // The request itself will tell what is wrong, or that nothing is.
            return null;
        }
    }

    private async Task<IReadOnlyList<ModelInfo>> AskAsync(CancellationToken cancellationToken)
    {
        var models = new List<ModelInfo>();
        string? page = null;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            using var answer = await client.ListModelsAsync(page, cancellationToken);
            if (answer.RootElement.ValueKind != JsonValueKind.Object) break;
            if (answer.RootElement.TryGetProperty("models", out var entries) && entries.ValueKind == JsonValueKind.Array)
            {
                models.AddRange(entries.EnumerateArray().Where(Generates).Select(Describe));
            }

            page = Text(answer.RootElement, "nextPageToken");
            if (page.Length == 0) break;
        }

        return _models = [.. models.Select(model => model with { StandsFor = TiersOf(model.Name, models) })];
    }

    // Models for embeddings, pictures and speech are in the same list.
    private static bool Generates(JsonElement entry) =>
        Text(entry, "name").Length > 0 && entry.TryGetProperty("supportedGenerationMethods", out var methods) && methods.ValueKind == JsonValueKind.Array
        && methods.EnumerateArray().Any(method => method.ValueKind == JsonValueKind.String && method.ValueEquals("generateContent"));

    private ModelInfo Describe(JsonElement entry)
    {
        var name = Text(entry, "name");
        var known = Known(name.StartsWith(ResourcePrefix, StringComparison.Ordinal) ? name[ResourcePrefix.Length..] : name);
        var own = settings.Of(known.Name);
        return known with
        {
            Aliases = [name],
            MaxInputTokens = own?.InputTokens ?? Number(entry, "inputTokenLimit") ?? known.MaxInputTokens,
            MaxOutputTokens = own?.OutputTokens ?? Number(entry, "outputTokenLimit") ?? known.MaxOutputTokens,
            Thinking = entry.TryGetProperty("thinking", out var thinks) ? thinks.ValueKind == JsonValueKind.True : known.Thinking,
        };
    }

    private ModelInfo Known(string name)
    {
        var own = settings.Of(name);
        var traits = GeminiModelTraits.Of(name);
        // Gemma and other guests of the list call no tools.
        var isGemini = name.StartsWith("gemini-", StringComparison.OrdinalIgnoreCase);
        return new ModelInfo
        {
            Name = name,
            MaxInputTokens = own?.InputTokens ?? traits.InputLimit,
            MaxOutputTokens = own?.OutputTokens ?? traits.OutputLimit,
            Tools = isGemini,
            Vision = isGemini,
            Thinking = traits.Thinking != GeminiThinking.None,
            Effort = traits.Thinking != GeminiThinking.None,
            StructuredOutputs = isGemini,
            Remote = true,
        };
    }

    private static int? Number(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0 ? number : null;

    private static string Text(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
