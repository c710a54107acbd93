using System.Net;
using Dragoman.Messages;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.Anthropic;

/// <summary>One answer of the upstream while it is read: frame by frame, or as a whole.</summary>
internal sealed class AnthropicAnswer(AnthropicClient client, AnthropicErrors errors, TargetOverrides overrides) : UpstreamAnswer(errors, model: "", overrides.IdleTimeout)
{
    // What follows the last event is the end of the body; waiting for it saves the connection, but not at any price.
    private static readonly TimeSpan EndPatience = TimeSpan.FromMilliseconds(100);

    /// <summary>What came before the body.</summary>
    public UpstreamHead Head { get; private set; } = null!;

    /// <summary>The answer comes as events.</summary>
    public bool IsStream => Body is not null;

    /// <summary>Sends the request and waits for the answer's headers. Again for another key.</summary>
    public ValueTask<UpstreamError?> OpenAsync(string path, UpstreamBody body, ClientHead sender, string? key, CancellationToken cancellationToken) => OpenAsync(async idle =>
    {
        var response = Response = await client.PostAsync(path, body, sender, key, overrides, idle);
        Head = AnthropicClient.HeadOf(response);
        if (response.StatusCode != HttpStatusCode.OK) return errors.FromStatus((int)response.StatusCode, await AnthropicClient.ReadAsync(response, idle), Head);
        if (IsWebPage(response)) return errors.WebPage();
        if (response.Content.Headers.ContentType?.MediaType is not "text/event-stream") return null;
        Body = new SseFrames(await response.Content.ReadAsStreamAsync(cancellationToken), overrides.IdleTimeout, cancellationToken);
        return null;
    }, cancellationToken);

    /// <summary>The whole body of an answer that is no stream.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> Body, UpstreamError? Error)> ReadAllAsync(CancellationToken cancellationToken)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(overrides.IdleTimeout);
        try
        {
            return (await AnthropicClient.ReadAsync(Response!, idle.Token), null);
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
        if (Body is null) return;
        using var patience = new CancellationTokenSource(EndPatience, time);
        await using var registration = patience.Token.UnsafeRegister(static response => ((HttpResponseMessage)response!).Dispose(), Response);
        try
        {
            while (await Body.ReadAsync(cancellationToken) is not null)
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
    protected override UpstreamError? RefusalIn(ReadOnlyMemory<byte> first) => errors.FromFirstFrame(first, Head);
}
