using System.Net;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.Gemini;

/// <summary>One answer of the API while it is read. What goes wrong is returned, not thrown; only the client's own cancellation is.</summary>
internal sealed class GeminiAnswer(GeminiClient client, GeminiErrors errors, string model, TargetOverrides overrides) : IAsyncDisposable
{
    private HttpResponseMessage? _response;
    private GeminiStream? _chunks;
    private (ReadOnlyMemory<byte>? Chunk, UpstreamError? Error)? _ahead;

    /// <summary>Sends the request and waits for the answer's headers. Again for another key.</summary>
    public async ValueTask<UpstreamError?> OpenAsync(ReadOnlyMemory<byte> body, string? key, CancellationToken cancellationToken)
    {
        await DisposeAsync();
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(overrides.IdleTimeout);
        try
        {
            _response = await client.GenerateAsync(model, body, key, overrides, idle.Token);
            if (_response.StatusCode != HttpStatusCode.OK)
            {
                var text = await GeminiClient.ReadTextAsync(_response, idle.Token);
                return errors.FromStatus(_response.StatusCode, text, GeminiClient.RetryAfter(_response), model);
            }

            // The page of a captive portal, or of a wrong address.
            if (_response.Content.Headers.ContentType?.MediaType is "text/html") return errors.WebPage(model);
            _chunks = new GeminiStream(await _response.Content.ReadAsStreamAsync(cancellationToken), overrides.IdleTimeout, cancellationToken);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Without the idle limit's doing it was the connection that took too long.
            return idle.IsCancellationRequested ? errors.Silent(model, overrides.IdleTimeout) : errors.Unreachable(new TimeoutException("no connection within 5 s"));
        }
        catch (UpstreamException noCredentials)
        {
            return noCredentials.Error;
        }
        catch (HttpRequestException failed) when (failed.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return errors.Unreachable(failed);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return errors.Dropped(model, failed.Message);
        }
    }

    /// <summary>
    /// The refusal that an answer with a good status begins with; null: it begins otherwise. What was read is the next that <see cref="ReadAsync"/> gives.
    /// </summary>
    public async ValueTask<UpstreamError?> RefusalAsync(CancellationToken cancellationToken)
    {
        _ahead = await ReadNextAsync(cancellationToken);
        return _ahead is { Chunk: { } first } && GeminiErrors.IsError(first) ? errors.FromChunk(first, model) : null;
    }

    /// <summary>The next chunk; null at the end.</summary>
    public ValueTask<(ReadOnlyMemory<byte>? Chunk, UpstreamError? Error)> ReadAsync(CancellationToken cancellationToken)
    {
        if (_ahead is not { } ahead) return ReadNextAsync(cancellationToken);
        _ahead = null;
        return ValueTask.FromResult(ahead);
    }

    private async ValueTask<(ReadOnlyMemory<byte>? Chunk, UpstreamError? Error)> ReadNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _chunks!.ReadAsync(cancellationToken), null);
        }
        catch (TimeoutException)
        {
            return (null, errors.Silent(model, overrides.IdleTimeout));
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, errors.Dropped(model, failed.Message));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _ahead = null;
        if (_chunks is not null) await _chunks.DisposeAsync();
        _response?.Dispose();
    }
}
