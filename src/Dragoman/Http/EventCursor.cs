using System.Runtime.CompilerServices;
using Dragoman.Replies;

namespace Dragoman.Http;

/// <summary>
/// Walks a reply's events and can be left at any moment: an enumeration that is still waiting for the upstream is cancelled and awaited before it is disposed,
/// as async iterators demand.
/// </summary>
internal sealed class EventCursor(IAsyncEnumerator<ReplyEvent> events, CancellationTokenSource work) : IAsyncDisposable
{
    private ValueTask<bool> _move;
    private bool _moving;

    /// <summary>The event that the last <see cref="EndMoveAsync"/> reached.</summary>
    public ReplyEvent Current => events.Current;

    /// <summary>Asks for the next event; true when it is there already.</summary>
    public bool BeginMove()
    {
#pragma warning disable CA2012 // Stored so that it can be awaited after the line to the client was flushed; consumed once, by EndMoveAsync or DisposeAsync.
        _move = events.MoveNextAsync();
#pragma warning restore CA2012
        _moving = true;
        return _move.IsCompleted;
    }

    /// <summary>Waits for the event that <see cref="BeginMove"/> asked for.</summary>
    public ValueTask EndMoveAsync()
    {
        if (!_move.IsCompletedSuccessfully) return EndPendingMoveAsync();
        _moving = false;
#pragma warning disable VSTHRD103 // It is completed.
        Check(_move.Result);
#pragma warning restore VSTHRD103
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask EndPendingMoveAsync()
    {
        bool moved;
        try
        {
            moved = await _move;
        }
        finally
        {
            _moving = false;
        }

        Check(moved);
    }

    private static void Check(bool moved)
    {
        if (!moved) throw new InvalidOperationException("A reply ended without Finished or Failed.");
    }

    /// <summary>Waits at most <paramref name="limit"/> for the event; false when it isn't there by then.</summary>
    public async ValueTask<bool> WaitAsync(TimeSpan limit, TimeProvider time)
    {
        var pending = _move.AsTask();
        _move = new ValueTask<bool>(pending);
        if (limit <= TimeSpan.Zero) return pending.IsCompleted;
        try
        {
            await pending.WaitAsync(limit, time);
        }
        catch (TimeoutException) when (!pending.IsCompleted)
        {
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_moving)
        {
            await work.CancelAsync();
            try
            {
                await _move;
            }
            catch (Exception left) when (left is OperationCanceledException or IOException or HttpRequestException)
            {
                // What the cancelled request throws on its way out; the reason for leaving is already on its way to the log.
            }
        }

        await events.DisposeAsync();
    }
}
