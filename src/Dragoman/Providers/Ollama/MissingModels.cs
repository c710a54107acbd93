namespace Dragoman.Providers.Ollama;

/// <summary>Downloads models that requests ask for and that aren't there: one download, however many requests wait for it.</summary>
internal sealed class MissingModels(OllamaPull pull)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _fetching = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits until the model is there.</summary>
    /// <exception cref="UpstreamException">It can't be downloaded; the next request tries again.</exception>
    public async Task FetchAsync(string model, CancellationToken cancellationToken)
    {
        Task fetching;
        lock (_lock)
        {
            if (!_fetching.TryGetValue(model, out fetching!)) _fetching[model] = fetching = RunAsync(model);
        }

        await fetching.WaitAsync(cancellationToken);
    }

    // Not the business of one client alone: it goes on when the one that asked first goes away.
    private async Task RunAsync(string model)
    {
        await Task.Yield();
        try
        {
            await foreach (var step in pull.RunAsync(model, CancellationToken.None)) _ = step;
        }
        finally
        {
            lock (_lock) _fetching.Remove(model);
        }
    }
}
