using Dragoman.Replies;

namespace Dragoman.Providers;

/// <summary>What models the upstreams have, asked at most every so often.</summary>
internal sealed class ModelCatalog(ProviderSet providers, TimeProvider time)
{
    // A model that was just pulled is seen at once when it is asked for by name (the upstream decides), so this is for lists and substitutes only.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(20);

    // An upstream that was down is asked again soon, but not by each of a burst of requests.
    private static readonly TimeSpan FailureFreshness = TimeSpan.FromSeconds(1);

    // Context sizes hardly change; whoever only compares them need not have the upstream asked more often.
    private static readonly TimeSpan KnownFreshness = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The models of a provider, or why it can't be asked. A burst of requests asks the upstream once.</summary>
    public async ValueTask<ModelList> ListAsync(string provider, CancellationToken cancellationToken)
    {
        var entry = Latest(provider, Freshness);
        return entry.Answer ?? await entry.Asking!.WaitAsync(cancellationToken);
    }

    /// <summary>Takes over what another catalogue knows of the providers that are in both.</summary>
    public void TakeOver(ModelCatalog before)
    {
        foreach (var (name, entry) in before.Entries())
        {
            // A provider that was made anew may have another upstream behind it.
            if (providers.Has(name) && before.IsOf(name, providers[name])) _entries[name] = entry;
        }
    }

    private List<KeyValuePair<string, Entry>> Entries()
    {
        lock (_lock) return [.. _entries];
    }

    private bool IsOf(string name, IProvider provider) => providers.Has(name) && ReferenceEquals(providers[name], provider);

    /// <summary>
    /// What was last heard of a provider's models, be it old; null when nothing was. Never waits: what is missing or old is asked for meanwhile, for the next
    /// one who wants to know.
    /// </summary>
    public ModelList? Known(string provider)
    {
        var entry = Latest(provider, KnownFreshness);
        return entry.Answer is { Error: null } answer ? answer : entry.LastGood;
    }

    private Entry Latest(string provider, TimeSpan freshness)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(provider, out var entry) && IsFresh(entry, freshness)) return entry;
            _entries[provider] = entry = new Entry(time.GetTimestamp(), entry?.Answer is { Error: null } answer ? answer : entry?.LastGood);
            entry.Asking = AskAsync(provider, entry);
            return entry;
        }
    }

    private bool IsFresh(Entry entry, TimeSpan freshness)
    {
        if (!entry.Asking!.IsCompleted) return true;
        return time.GetElapsedTime(entry.Timestamp) < (entry.Answer is { Error: null } ? freshness : FailureFreshness);
    }

    // Not the business of one client alone: it goes on when the client that asked first goes away. Providers bound it in time.
    private async Task<ModelList> AskAsync(string provider, Entry entry)
    {
        await Task.Yield();
        try
        {
            var upstream = providers[provider];
            var models = await upstream.ListModelsAsync(CancellationToken.None);
            return entry.Answer = new ModelList([.. models.Select(model => model with { Price = upstream.PricingOf(new Target(provider, model.Name)).Price ?? model.Price })], Error: null);
        }
        catch (UpstreamException failed)
        {
            return entry.Answer = new ModelList([], failed.Error);
        }
    }

    private sealed class Entry(long timestamp, ModelList? lastGood)
    {
        public long Timestamp { get; } = timestamp;

        public ModelList? LastGood { get; } = lastGood;

        public Task<ModelList>? Asking { get; set; }

        public ModelList? Answer { get; set; }
    }
}

/// <summary>The models of one provider.</summary>
/// <param name="Models">What it has.</param>
/// <param name="Error">Why it could not be asked; then the list is empty.</param>
internal sealed record ModelList(IReadOnlyList<ModelInfo> Models, UpstreamError? Error)
{
    /// <summary>The model called <paramref name="name"/>, if there is one.</summary>
    public ModelInfo? Find(string name) => Models.FirstOrDefault(model => model.IsCalled(name));
}
