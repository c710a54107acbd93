using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Dragoman.Replies;

namespace Dragoman.Providers.Ollama;

/// <summary>The server's models: listed by <c>/api/tags</c>, each described once by <c>/api/show</c>.</summary>
internal sealed class OllamaModels(OllamaClient client, OllamaSettings settings, string provider, TimeProvider time)
{
    // A model that was pulled or created anew under its name is noticed after this time at the latest.
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    // How many descriptions are asked for at once.
    private const int Parallelism = 4;

    private readonly ConcurrentDictionary<string, (OllamaModel Model, string? Digest, long Timestamp)> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is known of a model.</summary>
    /// <exception cref="UpstreamException">The server can't be reached, or doesn't have it.</exception>
    public async ValueTask<OllamaModel> GetAsync(string name, CancellationToken cancellationToken, string? digest = null)
    {
        if (_known.TryGetValue(name, out var known) && (digest is null ? time.GetElapsedTime(known.Timestamp) < Freshness : known.Digest == digest)) return known.Model;
        var model = await AskAsync(name, cancellationToken);
        _known[name] = (model, digest ?? known.Digest, time.GetTimestamp());
        return model;
    }

    private async Task<OllamaModel> AskAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            using var show = await client.ShowAsync(name, cancellationToken);
            return OllamaModel.FromShow(name, show.RootElement);
        }
        catch (UpstreamException unknown) when (unknown.Error.Kind == UpstreamErrorKind.ModelNotFound && OllamaModel.IsCloudName(name))
        {
            // A cloud model runs without having been pulled; the server itself will say if there is none of that name.
            return new OllamaModel { Name = name, IsCloud = true };
        }
    }

    /// <summary>The model runs on ollama.com, by what is at hand: the server is not asked.</summary>
    public bool IsCloud(string name) => _known.TryGetValue(name, out var known) ? known.Model.IsCloud : OllamaModel.IsCloudName(name);

    /// <summary>Forgets a model that the server no longer has.</summary>
    public void Forget(string name) => _known.TryRemove(name, out _);

    /// <summary>All models.</summary>
    /// <exception cref="UpstreamException">The server can't be reached.</exception>
    public async Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        using var tags = await client.AskAsync("api/tags", body: null, model: "", cancellationToken);
        if (!tags.RootElement.TryGetProperty("models", out var entries) || entries.ValueKind != JsonValueKind.Array) return [];
        var listed = entries.EnumerateArray().ToArray();
        var infos = new ModelInfo[listed.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, listed.Length, options, async (i, token) => infos[i] = await DescribeAsync(listed[i], token));
        return infos;
    }

    /// <summary>The context size that every request for a model asks for: constant, because another size makes Ollama load the model anew. Null: the server decides (cloud).</summary>
    public int? ContextOf(OllamaModel model)
    {
        if (settings.Of(model.Name)?.NumCtx is { } configured) return configured;
        // ollama.com gives a model its full context.
        if (model.IsCloud) return null;
        return model.ModelfileContext ?? Math.Min(model.TrainedContext ?? int.MaxValue, settings.DefaultContext());
    }

    // The setting that wins: a Modelfile's size only gives way to the model's own.
    private ContextRoom? RoomOf(OllamaModel? model)
    {
        if (model is not { IsCloud: false }) return null;
        var ofModel = settings.Of(model.Name)?.NumCtx is not null || model.ModelfileContext is not null;
        return new ContextRoom(ofModel ? $"providers.{provider}.models.{model.Name}.numCtx" : $"providers.{provider}.numCtx", model.TrainedContext, model.CacheBytesPerToken);
    }

    private async Task<ModelInfo> DescribeAsync(JsonElement entry, CancellationToken cancellationToken)
    {
        var name = entry.GetProperty("name").GetString()!;
        var digest = entry.TryGetProperty("digest", out var given) ? given.GetString() : null;
        OllamaModel? model;
        try
        {
            model = await GetAsync(name, cancellationToken, digest ?? "");
        }
        catch (UpstreamException)
        {
            // Listed and gone, or a damaged model: it stays in the list with what the list says of it.
            model = null;
        }

        var context = model is null ? null : ContextOf(model) ?? model.TrainedContext;
        const string latest = ":latest";
        long? weights = entry.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) && bytes > 0 ? bytes : null;
        return new ModelInfo
        {
            Name = name,
            Aliases = name.EndsWith(latest, StringComparison.OrdinalIgnoreCase) ? [name[..^latest.Length]] : [],
            CreatedAt = entry.TryGetProperty("modified_at", out var modified) && modified.TryGetDateTimeOffset(out var at) ? at : DateTimeOffset.UnixEpoch,
            MaxInputTokens = context,
            Room = RoomOf(model),
            MaxOutputTokens = context,
            Tools = model?.CallsTools ?? false,
            Vision = model?.Sees ?? false,
            Thinking = model?.Thinks ?? false,
            Effort = model?.TakesLevels ?? false,
            StructuredOutputs = model is { IsCloud: false },
            Generates = model?.Generates ?? true,
            Remote = model?.IsCloud ?? OllamaModel.IsCloudName(name),
            Billions = Billions(entry),
            SizeBytes = weights,
            MemoryBytes = weights + (context * model?.CacheBytesPerToken),
        };
    }

    // "parameter_size": "8.0B", "494.03M"
    private static double Billions(JsonElement entry)
    {
        if (!entry.TryGetProperty("details", out var details) || !details.TryGetProperty("parameter_size", out var size) || size.GetString() is not { Length: > 1 } text) return 0;
        if (!double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return 0;
        return char.ToUpperInvariant(text[^1]) switch { 'B' => number, 'M' => number / 1000, 'T' => number * 1000, _ => 0 };
    }
}
