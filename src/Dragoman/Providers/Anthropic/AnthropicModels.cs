using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Dragoman.Providers.Anthropic;

/// <summary>What models the upstream has. Anthropic's own entries are passed on; servers elsewhere often list theirs as OpenAI does.</summary>
internal sealed class AnthropicModels(AnthropicClient client, AnthropicErrors errors)
{
    // A list is answered at once by a server that is alive.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // A server whose list never ends must not keep us for ever.
    private const int MaxPages = 20;

    /// <summary>The model that the upstream has under a name, which its list may not show (an alias); null when it has none, or can't be asked.</summary>
    public async ValueTask<ModelInfo?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (client.ForwardsKeys && !client.HasKey) return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            using var document = await AskAsync("v1/models/" + Uri.EscapeDataString(name), limit.Token);
            return document is null ? null : Read(document.RootElement);
        }
        catch (Exception failed) when (failed is UpstreamException or HttpRequestException or IOException or JsonException or InvalidOperationException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It is a description that is missing, not the model: a request for it will tell more.
            return null;
        }
    }

    /// <summary>Lists them. None where only clients have keys, and where there is no such list.</summary>
    /// <exception cref="UpstreamException">The upstream can't be asked.</exception>
    public async ValueTask<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        var models = new List<ModelInfo>();
        if (client.ForwardsKeys && !client.HasKey) return models;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            string? after = "";
            for (var page = 0; page < MaxPages && after is not null; page++) after = await ReadPageAsync(after, models, limit.Token);
            return models;
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new UpstreamException(errors.Unreachable(failed));
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new UpstreamException(errors.Unreadable(unreadable.Message));
        }
    }

    // Adds a page's models; returns where the next one begins, null when there is none.
    private async Task<string?> ReadPageAsync(string after, List<ModelInfo> models, CancellationToken cancellationToken)
    {
        using var document = await AskAsync($"v1/models?limit=1000{(after.Length > 0 ? "&after_id=" + Uri.EscapeDataString(after) : "")}", cancellationToken);
        if (document is null) return null;
        var root = document.RootElement;
        foreach (var model in root.GetProperty("data").EnumerateArray()) models.Add(Read(model));
        return root.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True ? Text(root, "last_id") : null;
    }

    // Null: there is no such thing.
    private Task<JsonDocument?> AskAsync(string path, CancellationToken cancellationToken) => client.GetAsync(path, async response =>
    {
        var body = await AnthropicClient.ReadAsync(response, cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed) return null;
        if (response.StatusCode != HttpStatusCode.OK) throw new UpstreamException(errors.FromStatus((int)response.StatusCode, body, AnthropicClient.HeadOf(response)));
        return JsonDocument.Parse(body);
    }, cancellationToken);

    private static ModelInfo Read(JsonElement model)
    {
        var capabilities = model.TryGetProperty("capabilities", out var told) && told.ValueKind == JsonValueKind.Object ? told : default;
        return new ModelInfo
        {
            Name = Text(model, "id") ?? throw new JsonException("a model without an id"),
            CreatedAt = CreatedAt(model),
            MaxInputTokens = Number(model, "max_input_tokens") ?? Number(model, "max_model_len"),
            MaxOutputTokens = Number(model, "max_tokens"),
            // Where nothing is said, the upstream is left to say what it can't.
            Tools = true,
            Vision = Supports(capabilities, "image_input") ?? true,
            Thinking = Supports(capabilities, "thinking") ?? true,
            Effort = Supports(capabilities, "effort") ?? false,
            StructuredOutputs = Supports(capabilities, "structured_outputs") ?? false,
            Remote = true,
            Raw = Text(model, "type") == "model" ? System.Text.Encoding.UTF8.GetBytes(model.GetRawText()) : default,
        };
    }

    // Anthropic writes RFC 3339, OpenAI seconds.
    private static DateTimeOffset CreatedAt(JsonElement model)
    {
        if (DateTimeOffset.TryParse(Text(model, "created_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
        return Number(model, "created") is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.UnixEpoch;
    }

    private static bool? Supports(JsonElement capabilities, string name) =>
        capabilities.ValueKind == JsonValueKind.Object && capabilities.TryGetProperty(name, out var capability) && capability.ValueKind == JsonValueKind.Object
        && capability.TryGetProperty("supported", out var supported) ? supported.ValueKind == JsonValueKind.True : null;

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
