using System.Runtime.CompilerServices;
using Dragoman.Replies;

namespace Dragoman.Providers;

/// <summary>What a provider says of a connection that fails.</summary>
internal interface IConnectionErrors
{
    /// <summary>The upstream can't be reached.</summary>
    UpstreamError Unreachable(Exception cause);

    /// <summary>The connection broke in the middle of an answer.</summary>
    UpstreamError Dropped(string model, string cause);

    /// <summary>No byte for too long.</summary>
    UpstreamError Silent(string model, TimeSpan limit);

    /// <summary>An answer of another form.</summary>
    UpstreamError Unreadable(string model, string detail);
}

/// <summary>Cuts an answer's body into what the upstream's protocol is made of: lines, objects, frames.</summary>
internal interface IAnswerReader : IAsyncDisposable
{
    /// <summary>The next piece, a view that lives until the next one is read; null at the end.</summary>
    /// <exception cref="TimeoutException">No byte came for the idle limit.</exception>
    /// <exception cref="InvalidDataException">It is something else; the message says what.</exception>
    /// <exception cref="IOException">The connection broke, or a piece is too large.</exception>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>One answer of an upstream while it is read. What goes wrong is returned, not thrown; only the client's own cancellation is.</summary>
/// <param name="errors">Says what went wrong.</param>
/// <param name="model">The model that is asked.</param>
/// <param name="idleTimeout">How long the upstream may be silent.</param>
internal abstract class UpstreamAnswer(IConnectionErrors errors, string model, TimeSpan idleTimeout) : IAsyncDisposable
{
    private (ReadOnlyMemory<byte>? Piece, UpstreamError? Error)? _ahead;

    /// <summary>The model that is asked.</summary>
    protected string Model { get; } = model;

    /// <summary>The answer's head, once it is there.</summary>
    protected HttpResponseMessage? Response { get; set; }

    /// <summary>Reads the answer's body; null until it is known to be an answer.</summary>
    protected IAnswerReader? Body { get; set; }

    /// <summary>The next piece; null at the end.</summary>
    public ValueTask<(ReadOnlyMemory<byte>? Piece, UpstreamError? Error)> ReadAsync(CancellationToken cancellationToken)
    {
        if (_ahead is not { } ahead) return ReadNextAsync(cancellationToken);
        _ahead = null;
        return ValueTask.FromResult(ahead);
    }

    /// <summary>The refusal that an answer with a good status begins with; null: it begins otherwise. What was read is the next that <see cref="ReadAsync"/> gives.</summary>
    public async ValueTask<UpstreamError?> RefusalAsync(CancellationToken cancellationToken)
    {
        if (Body is null) return null;
        do
        {
            _ahead = await ReadNextAsync(cancellationToken);
        }
        while (_ahead is { Piece: { } preamble } && IsPreamble(preamble));
        return _ahead is { Piece: { } first } ? RefusalIn(first) : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _ahead = null;
        if (Body is not null) await Body.DisposeAsync();
        Response?.Dispose();
        (Body, Response) = (null, null);
    }

    /// <summary>A piece that says nothing yet, neither an answer nor a refusal.</summary>
    protected virtual bool IsPreamble(ReadOnlyMemory<byte> piece) => false;

    /// <summary>What an answer's first piece refuses; null: nothing.</summary>
    protected virtual UpstreamError? RefusalIn(ReadOnlyMemory<byte> first) => null;

    /// <summary>Sends the request and waits for the answer's headers. Again for another key.</summary>
    /// <param name="send">Sends it, sets <see cref="Response"/> and <see cref="Body"/>, and gives what the status says of a failure; its token ends a wait that is too long.</param>
    /// <param name="cancellationToken">The client's.</param>
    protected async ValueTask<UpstreamError?> OpenAsync(Func<CancellationToken, ValueTask<UpstreamError?>> send, CancellationToken cancellationToken)
    {
        await DisposeAsync();
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(idleTimeout);
        try
        {
            return await send(idle.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Without the idle limit's doing it was the connection that took too long.
            return idle.IsCancellationRequested ? errors.Silent(Model, idleTimeout) : errors.Unreachable(new TimeoutException("no connection within 5 s"));
        }
        catch (UpstreamException refused)
        {
            return refused.Error;
        }
        catch (HttpRequestException failed) when (failed.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return errors.Unreachable(failed);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return errors.Dropped(Model, failed.Message);
        }
    }

    /// <summary>True for the page of a captive portal, or of a wrong address.</summary>
    protected static bool IsWebPage(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType is "text/html";

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(ReadOnlyMemory<byte>? Piece, UpstreamError? Error)> ReadNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await Body!.ReadAsync(cancellationToken), null);
        }
        catch (TimeoutException)
        {
            return (null, errors.Silent(Model, idleTimeout));
        }
        catch (InvalidDataException other)
        {
            return (null, errors.Unreadable(Model, other.Message));
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, errors.Dropped(Model, failed.Message));
        }
    }
}
