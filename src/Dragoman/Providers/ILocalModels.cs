namespace Dragoman.Providers;

/// <summary>A provider whose upstream holds its models itself: they are fetched, loaded into memory and unloaded there.</summary>
internal interface ILocalModels : IProvider
{
    /// <summary>The models that are in memory now.</summary>
    /// <exception cref="UpstreamException">The upstream can't be asked.</exception>
    ValueTask<IReadOnlyList<LoadedModel>> ListLoadedAsync(CancellationToken cancellationToken);

    /// <summary>Fetches a model; ends when it is there. What was fetched before is not fetched again. Ending the enumeration ends the fetching.</summary>
    /// <exception cref="UpstreamException">The upstream can't be reached, or can't get the model.</exception>
    IAsyncEnumerable<PullProgress> PullAsync(string model, CancellationToken cancellationToken);

    /// <summary>Loads a model as a request would, so that the first one doesn't wait for it.</summary>
    /// <exception cref="UpstreamException">The upstream can't be reached, or can't load it.</exception>
    ValueTask LoadAsync(string model, CancellationToken cancellationToken);

    /// <summary>Takes a model out of memory.</summary>
    /// <exception cref="UpstreamException">The upstream can't be reached, or doesn't have the model.</exception>
    ValueTask UnloadAsync(string model, CancellationToken cancellationToken);

    /// <summary>The server's version; null when it tells none that says anything.</summary>
    /// <exception cref="UpstreamException">The upstream can't be asked.</exception>
    ValueTask<ServerVersion?> VersionAsync(CancellationToken cancellationToken);
}

/// <summary>A server's version.</summary>
/// <param name="Number">As the server tells it.</param>
/// <param name="Lacks">What it can't do of what the gateway asks of it, a clause each; empty when it is new enough.</param>
/// <param name="Update">What to do to get a newer one.</param>
internal sealed record ServerVersion(string Number, IReadOnlyList<string> Lacks, string Update);

/// <summary>A model that is in memory.</summary>
/// <param name="Name">The upstream's name for it.</param>
/// <param name="SizeBytes">What it takes in all.</param>
/// <param name="VramBytes">How much of that is on the graphics card; less than all: a part runs on the CPU, which is many times slower.</param>
/// <param name="ContextTokens">The context that it was loaded with; null from old servers.</param>
/// <param name="ExpiresAt">When it will be unloaded; null: nobody knows.</param>
internal sealed record LoadedModel(string Name, long SizeBytes, long VramBytes, int? ContextTokens, DateTimeOffset? ExpiresAt)
{
    /// <summary>The part (0 to 1) that is on the graphics card.</summary>
    public double VramShare => SizeBytes > 0 ? Math.Min(1, (double)VramBytes / SizeBytes) : 0;
}

/// <summary>How far a model has been fetched.</summary>
/// <param name="Status">What is being done, in the upstream's words.</param>
/// <param name="Layer">The file that is being fetched; null while none is.</param>
/// <param name="TotalBytes">Its size.</param>
/// <param name="CompletedBytes">How much of it is there.</param>
internal readonly record struct PullProgress(string Status, string? Layer, long TotalBytes, long CompletedBytes);
