using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.OpenAi;

/// <summary>One answer of the server while it is read. What goes wrong is returned, not thrown; only the client's own cancellation is.</summary>
internal sealed class OpenAiAnswer(OpenAiClient client, OpenAiErrors errors, AnswerTerms terms, TargetOverrides overrides) : IAsyncDisposable
{
    private HttpResponseMessage? _response;
    private OpenAiStream? _chunks;
    private (ReadOnlyMemory<byte>? Chunk, UpstreamError? Error)? _ahead;

    /// <summary>The upstream said that this was all.</summary>
    public bool IsDone => _chunks?.IsDone == true;

    /// <summary>Sends the request and waits for the answer's headers. Again for another key.</summary>
    public async ValueTask<UpstreamError?> OpenAsync(OpenAiApi api, UpstreamBody body, string? key, CancellationToken cancellationToken)
    {
        await DisposeAsync();
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(overrides.IdleTimeout);
        try
        {
            _response = await client.GenerateAsync(api, body.ToContent(), key, overrides, idle.Token);
            if (!_response.IsSuccessStatusCode)
            {
                var text = await OpenAiClient.ReadTextAsync(_response, idle.Token);
                return errors.FromStatus(_response.StatusCode, text, client.RetryAfter(_response), terms);
            }

            // The page of a captive portal, or of a wrong address.
            if (_response.Content.Headers.ContentType?.MediaType is "text/html") return errors.WebPage(terms.Model);
            _chunks = new OpenAiStream(await _response.Content.ReadAsStreamAsync(cancellationToken), overrides.IdleTimeout, cancellationToken);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Without the idle limit's doing it was the connection that took too long.
            return idle.IsCancellationRequested ? errors.Silent(terms.Model, overrides.IdleTimeout) : errors.Unreachable(new TimeoutException("no connection within 5 s"));
        }
        catch (HttpRequestException failed) when (failed.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return errors.Unreachable(failed);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return errors.Dropped(terms.Model, failed.Message);
        }
    }

    /// <summary>
    /// The refusal that an answer with a good status begins with; null: it begins otherwise. What was read is the next that <see cref="ReadAsync"/> gives.
    /// </summary>
    public async ValueTask<UpstreamError?> RefusalAsync(CancellationToken cancellationToken)
    {
        ResponsesEvent? read;
        do
        {
            _ahead = await ReadNextAsync(cancellationToken);
            read = _ahead is { Chunk: { } next } ? ResponsesEvent.TryRead(next) : null;
        }
        while (read is { IsBeginning: true });
        return read is { IsError: true } && _ahead is { Chunk: { } first } ? errors.FromChunk(first, terms) : null;
    }

    /// <summary>The next object; null at the end.</summary>
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
            return (null, errors.Silent(terms.Model, overrides.IdleTimeout));
        }
        catch (InvalidDataException other)
        {
            return (null, errors.Unreadable(terms.Model, other.Message));
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, errors.Dropped(terms.Model, failed.Message));
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
