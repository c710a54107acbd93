using System.Net;
using System.Runtime.CompilerServices;
using Dragoman.Messages;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.Anthropic;

/// <summary>One answer of the upstream while it is read. What goes wrong is returned, not thrown; only the client's own cancellation is.</summary>
internal sealed class AnthropicAnswer(AnthropicClient client, AnthropicErrors errors, TargetOverrides overrides) : IAsyncDisposable
{
    // What follows the last event is the end of the body; waiting for it saves the connection, but not at any price.
    private static readonly TimeSpan EndPatience = TimeSpan.FromMilliseconds(100);

    private HttpResponseMessage? _response;
    private SseFrames? _frames;
    private (ReadOnlyMemory<byte>? Frame, UpstreamError? Error)? _ahead;

    /// <summary>What came before the body.</summary>
    public UpstreamHead Head { get; private set; } = null!;

    /// <summary>The answer comes as events.</summary>
    public bool IsStream { get; private set; }

    /// <summary>Sends the request and waits for the answer's headers. Again for another key.</summary>
    public async ValueTask<UpstreamError?> OpenAsync(string path, UpstreamBody body, ClientHead sender, string? key, CancellationToken cancellationToken)
    {
        await DisposeAsync();
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(overrides.IdleTimeout);
        try
        {
            _response = await client.PostAsync(path, body, sender, key, overrides, idle.Token);
            Head = AnthropicClient.HeadOf(_response);
            if (_response.StatusCode != HttpStatusCode.OK)
            {
                return errors.FromStatus((int)_response.StatusCode, await AnthropicClient.ReadAsync(_response, idle.Token), Head);
            }

            var type = _response.Content.Headers.ContentType?.MediaType;
            // The page of a captive portal, or of a wrong address.
            if (type is "text/html") return errors.WebPage();
            IsStream = type is "text/event-stream";
            if (IsStream) _frames = new SseFrames(await _response.Content.ReadAsStreamAsync(cancellationToken), overrides.IdleTimeout, cancellationToken);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Without the idle limit's doing it was the connection that took too long.
            return idle.IsCancellationRequested ? errors.Silent(overrides.IdleTimeout) : errors.Unreachable(new TimeoutException("no connection within 5 s"));
        }
        catch (HttpRequestException failed) when (failed.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return errors.Unreachable(failed);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return errors.Dropped(failed.Message);
        }
    }

    /// <summary>
    /// The refusal that an answer with a good status begins with; null: it begins otherwise. What was read is the next that <see cref="ReadAsync"/> gives.
    /// </summary>
    public async ValueTask<UpstreamError?> RefusalAsync(CancellationToken cancellationToken)
    {
        if (!IsStream) return null;
        _ahead = await ReadNextAsync(cancellationToken);
        return _ahead is { Frame: { } first } ? errors.FromFirstFrame(first, Head) : null;
    }

    /// <summary>The next frame of a stream; null at the end.</summary>
    public ValueTask<(ReadOnlyMemory<byte>? Frame, UpstreamError? Error)> ReadAsync(CancellationToken cancellationToken)
    {
        if (_ahead is not { } ahead) return ReadNextAsync(cancellationToken);
        _ahead = null;
        return ValueTask.FromResult(ahead);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(ReadOnlyMemory<byte>? Frame, UpstreamError? Error)> ReadNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _frames!.ReadAsync(cancellationToken), null);
        }
        catch (TimeoutException)
        {
            return (null, errors.Silent(overrides.IdleTimeout));
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, errors.Dropped(failed.Message));
        }
    }

    /// <summary>The whole body of an answer that is no stream.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> Body, UpstreamError? Error)> ReadAllAsync(CancellationToken cancellationToken)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(overrides.IdleTimeout);
        try
        {
            return (await AnthropicClient.ReadAsync(_response!, idle.Token), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (default, errors.Silent(overrides.IdleTimeout));
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (default, errors.Dropped(failed.Message));
        }
    }

    /// <summary>Waits a moment for the end of the body, so that the connection can be used again.</summary>
    public async ValueTask EndAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (_frames is null) return;
        using var patience = new CancellationTokenSource(EndPatience, time);
        await using var registration = patience.Token.UnsafeRegister(static response => ((HttpResponseMessage)response!).Dispose(), _response);
        try
        {
            while (await _frames.ReadAsync(cancellationToken) is not null)
            {
                // Nothing that the grammar knows stands behind message_stop.
            }
        }
        catch (Exception late) when (late is TimeoutException or IOException or HttpRequestException or ObjectDisposedException)
        {
            // The answer was whole; it is the connection that can't be kept.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _ahead = null;
        if (_frames is not null) await _frames.DisposeAsync();
        _response?.Dispose();
    }
}
