using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Ollama;

/// <summary>Fetches models by <c>/api/pull</c>. Ollama keeps what it has got when the connection ends, and goes on from there the next time.</summary>
internal sealed class OllamaPull(OllamaClient client, OllamaErrors errors, TimeSpan idleTimeout)
{
    // In the end Ollama reads all of the file to verify it and says nothing meanwhile: 60 GB from a disk of 100 MB/s. A limit that was set for answers is not meant for that.
    private static readonly TimeSpan VerifyingTime = TimeSpan.FromMinutes(10);

    private readonly TimeSpan _silence = idleTimeout > VerifyingTime ? idleTimeout : VerifyingTime;

    /// <summary>Fetches a model; gives each line of progress.</summary>
    /// <exception cref="UpstreamException">The server can't be reached, or can't get the model.</exception>
    public async IAsyncEnumerable<PullProgress> RunAsync(string model, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await OpenAsync(model, cancellationToken);
        await using var lines = new LineReader(await response.Content.ReadAsStreamAsync(cancellationToken), _silence, cancellationToken);
        while (await ReadAsync(lines, model, cancellationToken) is { } progress)
        {
            yield return progress;
            if (progress.Status == "success") yield break;
        }

        throw new UpstreamException(errors.PullFailed(model, "the server ended the download without saying that it is done"));
    }

    private async Task<HttpResponseMessage> OpenAsync(string model, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_silence);
        try
        {
            var response = await client.SendAsync("api/pull", Body(model), limit.Token);
            if (response.StatusCode == HttpStatusCode.OK) return response;
            using (response) throw new UpstreamException(errors.PullRefused(response.StatusCode, await OllamaClient.ReadTextAsync(response, limit.Token), OllamaClient.RetryAfter(response), model));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw limit.IsCancellationRequested ? Silent(model) : new UpstreamException(errors.Unreachable(new TimeoutException("no connection within 5 s")));
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw new UpstreamException(errors.Unreachable(failed));
        }
    }

    private async Task<PullProgress?> ReadAsync(LineReader lines, string model, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadLineAsync(cancellationToken) is { } line ? Read(line, model) : null;
        }
        catch (TimeoutException)
        {
            throw Silent(model);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new UpstreamException(errors.PullFailed(model, broken.Message));
        }
        catch (JsonException unreadable)
        {
            throw new UpstreamException(errors.Unreadable(model, unreadable.Message));
        }
    }

    private UpstreamException Silent(string model) => new(errors.PullFailed(model, $"the server has said nothing for {_silence.TotalSeconds:N0} s"));

    private PullProgress Read(ReadOnlyMemory<byte> line, string model)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (root.TryGetProperty("error", out var error)) throw new UpstreamException(errors.PullFailed(model, error.ValueKind == JsonValueKind.String ? error.GetString()! : error.GetRawText()));
        var status = root.TryGetProperty("status", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString()! : "";
        var digest = root.TryGetProperty("digest", out var layer) && layer.ValueKind == JsonValueKind.String ? layer.GetString() : null;
        return new PullProgress(status, digest, Bytes(root, "total"), Bytes(root, "completed"));
    }

    private static long Bytes(JsonElement line, string name) => line.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var bytes) ? bytes : 0;

    private static ReadOnlyMemory<byte> Body(string model)
    {
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body, JsonOutput.Options);
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        json.WriteBoolean("stream"u8, value: true);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }
}
