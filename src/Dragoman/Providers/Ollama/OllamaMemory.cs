using System.Buffers;
using System.Net;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers.Overrides;

namespace Dragoman.Providers.Ollama;

/// <summary>What the server has in memory: asked by <c>/api/ps</c>, changed by a chat without messages.</summary>
internal sealed class OllamaMemory(OllamaClient client, OllamaModels models, OllamaSettings settings, OverrideTable overrides, OllamaErrors errors, TimeSpan idleTimeout)
{
    /// <summary>The models in memory.</summary>
    /// <exception cref="UpstreamException">The server can't be reached.</exception>
    public async ValueTask<IReadOnlyList<LoadedModel>> ListAsync(CancellationToken cancellationToken)
    {
        using var running = await client.AskAsync("api/ps", body: null, model: "", cancellationToken);
        if (!running.RootElement.TryGetProperty("models", out var entries) || entries.ValueKind != JsonValueKind.Array) return [];
        return [.. entries.EnumerateArray().Where(entry => entry.TryGetProperty("name", out _)).Select(Read)];
    }

    /// <summary>Loads a model with the context and options of every request: with others the first request would load it anew.</summary>
    /// <exception cref="UpstreamException">The server can't be reached, or can't load it.</exception>
    public async ValueTask LoadAsync(string name, CancellationToken cancellationToken)
    {
        var model = await models.GetAsync(name, cancellationToken);
        // With the body's further fields too: options that differ would make the server load the model anew.
        await SendAsync(name, overrides.For(name), json =>
        {
            var own = settings.Of(name);
            KeepAlive.Write(json, own?.KeepAlive ?? settings.KeepAlive);
            json.WriteBoolean("truncate"u8, value: false);
            json.WriteBoolean("shift"u8, value: false);
            json.WriteStartObject("options"u8);
            if (models.ContextOf(model) is { } context) json.WriteNumber("num_ctx"u8, context);
            if (own?.Options is { ValueKind: JsonValueKind.Object } options)
            {
                foreach (var option in options.EnumerateObject().Where(option => option.Name != OllamaModelSettings.ContextOption)) option.WriteTo(json);
            }

            json.WriteEndObject();
        }, cancellationToken);
    }

    /// <summary>Takes a model out of memory.</summary>
    /// <exception cref="UpstreamException">The server can't be reached, or doesn't have it.</exception>
    public async ValueTask UnloadAsync(string name, CancellationToken cancellationToken) =>
        await SendAsync(name, overrides: null, static json => json.WriteNumber("keep_alive"u8, 0), cancellationToken);

    // No messages: nothing is said, the model is only loaded or unloaded.
    private async Task SendAsync(string model, TargetOverrides? overrides, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        if (overrides is null) Write(body, model, write);
        else overrides.WriteBody(body, output => Write(output, model, write));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(idleTimeout);
        try
        {
            using var response = await client.SendAsync("api/chat", body.WrittenMemory, limit.Token);
            var answer = await OllamaClient.ReadTextAsync(response, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK) throw new UpstreamException(errors.FromStatus(response.StatusCode, answer, OllamaClient.RetryAfter(response), model, default));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UpstreamException(errors.Silent(model, idleTimeout));
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw new UpstreamException(errors.Unreachable(failed));
        }
    }

    private static bool Write(IBufferWriter<byte> body, string model, Action<Utf8JsonWriter> write)
    {
        using var json = new Utf8JsonWriter(body, JsonOutput.Options);
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        json.WriteBoolean("stream"u8, value: false);
        write(json);
        json.WriteStartArray("messages"u8);
        json.WriteEndArray();
        json.WriteEndObject();
        return true;
    }

    private static LoadedModel Read(JsonElement entry) => new(
        entry.GetProperty("name").GetString() ?? "",
        Number(entry, "size") ?? 0,
        Number(entry, "size_vram") ?? 0,
        Number(entry, "context_length") is { } context ? (int)Math.Min(context, int.MaxValue) : null,
        entry.TryGetProperty("expires_at", out var expires) && expires.ValueKind == JsonValueKind.String && expires.TryGetDateTimeOffset(out var at) ? at : null);

    private static long? Number(JsonElement entry, string name) => entry.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var value) ? value : null;
}
