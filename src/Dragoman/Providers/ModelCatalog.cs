using System.Collections.Concurrent;
using Dragoman.Replies;

namespace Dragoman.Providers;

/// <summary>What models the upstreams have, asked at most every so often.</summary>
internal sealed class ModelCatalog(ProviderSet providers, TimeProvider time)
{
    // A model that was just pulled is seen at once when it is asked for by name (the upstream decides), so this is for lists and substitutes only.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(20);

    // An upstream that was down is asked again soon, but not by each of a burst of requests.
    private static readonly TimeSpan FailureFreshness = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The models of a provider, or why it can't be asked.</summary>
    public async ValueTask<ModelList> ListAsync(string provider, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        if (_entries.TryGetValue(provider, out var entry))
        {
            var age = time.GetElapsedTime(entry.Timestamp, now);
            if (age < (entry.List.Error is null ? Freshness : FailureFreshness)) return entry.List;
        }

        var list = await AskAsync(provider, cancellationToken);
        _entries[provider] = new Entry(list, now);
        return list;
    }

    private async ValueTask<ModelList> AskAsync(string provider, CancellationToken cancellationToken)
    {
        try
        {
            return new ModelList(await providers[provider].ListModelsAsync(cancellationToken), Error: null);
        }
        catch (UpstreamException failed)
        {
            return new ModelList([], failed.Error);
        }
    }

    private sealed record Entry(ModelList List, long Timestamp);
}

/// <summary>The models of one provider.</summary>
/// <param name="Models">What it has.</param>
/// <param name="Error">Why it could not be asked; then the list is empty.</param>
internal sealed record ModelList(IReadOnlyList<ModelInfo> Models, UpstreamError? Error)
{
    /// <summary>The model called <paramref name="name"/>, if there is one.</summary>
    public ModelInfo? Find(string name) => Models.FirstOrDefault(model => model.IsCalled(name));
}
