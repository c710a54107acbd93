using System.Globalization;

namespace Dragoman.Providers.Ollama;

/// <summary>Downloads models that requests ask for and that aren't there: one download, however many requests wait for it.</summary>
internal sealed partial class MissingModels(OllamaPull pull, string provider, TimeProvider time, ILogger log)
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
        var started = time.GetTimestamp();
        LogStart(log, provider, model);
        try
        {
            await FollowAsync(model);
            LogEnd(log, provider, model, time.GetElapsedTime(started).TotalSeconds);
        }
        catch (UpstreamException failed)
        {
            // Perhaps nobody waits any more who would be told.
            LogFailure(log, failed.Error.Message);
            throw;
        }
        finally
        {
            lock (_lock) _fetching.Remove(model);
        }
    }

    private async Task FollowAsync(string model)
    {
        var layers = new Dictionary<string, PullProgress>(StringComparer.Ordinal);
        var milestones = new Milestones();
        await foreach (var step in pull.RunAsync(model, CancellationToken.None))
        {
            if (step.Layer is not { } layer || step.TotalBytes <= 0) continue;
            layers[layer] = step;
            var total = layers.Values.Sum(known => known.TotalBytes);
            if (milestones.Reached(layers.Values.Sum(known => known.CompletedBytes), total, out var percent)) LogProgress(log, provider, model, percent, Gigabytes(total));
        }
    }

    private static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");

    [LoggerMessage(Level = LogLevel.Information, Message = "{Provider}: downloading {Model}, which a request asks for (autoPull)")]
    private static partial void LogStart(ILogger log, string provider, string model);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Provider}: downloading {Model}, {Percent} % of {Size}")]
    private static partial void LogProgress(ILogger log, string provider, string model, int percent, string size);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Provider}: {Model} is there, after {Seconds:N0} s")]
    private static partial void LogEnd(ILogger log, string provider, string model, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private static partial void LogFailure(ILogger log, string reason);
}
