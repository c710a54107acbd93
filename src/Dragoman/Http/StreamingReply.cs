using System.Runtime.CompilerServices;
using Dragoman.Messages;
using Dragoman.Replies;
using Dragoman.Telemetry;

namespace Dragoman.Http;

/// <summary>
/// Sends an answer as a stream. Waits a little for the upstream's first event, so that a refusal is a real HTTP status; then headers and
/// <c>message_start</c> leave, pings follow, and a later failure is an <c>error</c> event.
/// </summary>
internal sealed class StreamingReply
{
    private readonly HttpContext _http;
    private readonly Exchange _exchange;
    private readonly ReplySettings _settings;
    private readonly TimeProvider _time;
    private readonly RequestLog _log;
    private readonly StreamGuard _guard;
    private readonly PooledBuffer _buffer = new();
    private SseWriter _writer = null!;

    /// <summary>Prepares the answer; nothing is sent yet.</summary>
    public StreamingReply(HttpContext http, Exchange exchange, ReplySettings settings, TimeProvider time, RequestLog log)
    {
        (_http, _exchange, _settings, _time, _log) = (http, exchange, settings, time, log);
        _guard = new StreamGuard(settings.Visibility, () => ReplySettings.Author(exchange));
    }

    /// <summary>Sends all events.</summary>
    /// <exception cref="ApiException">The upstream refused before anything was sent.</exception>
    public async Task SendAsync(EventCursor events)
    {
        using var returned = _buffer;
        var arrived = await WaitForFirstAsync(events);
        WriteHead();
        await using var line = new SseConnection(_http.Response.BodyWriter, _buffer, _writer, _time, _settings.PingInterval, _http.RequestAborted);
        _writer.StartMessage();
        try
        {
            await PassAllAsync(events, line, arrived);
        }
        catch (Exception late) when (!_http.RequestAborted.IsCancellationRequested)
        {
            // The status has left: whatever goes wrong now must be said in the stream, or the client sees nothing but a broken connection.
            Fail(Explain(late));
        }

        await line.EndAsync();
    }

    private async ValueTask PassAllAsync(EventCursor events, SseConnection line, bool arrived)
    {
        if (arrived) await PassAsync(events.Current, line);
        else await AwaitAsync(events, line);
        while (_exchange.Finish is null && _exchange.Error is null)
        {
            if (events.BeginMove())
            {
                await events.EndMoveAsync();
                await PassAsync(events.Current, line);
            }
            else
            {
                await AwaitAsync(events, line);
            }
        }
    }

    private ApiError Explain(Exception late)
    {
        if (late is InvalidRequestException invalid) return ApiError.From(invalid);
        _log.Defect(_exchange, late);
        return ApiError.Internal(_exchange.RequestId);
    }

    private void Fail(ApiError error)
    {
        _exchange.Error = error.Message;
        _writer.Fail(error.Type, error.Message, _exchange.RequestId);
    }

    // True: the first visible event is events.Current. False: the grace is over and the move is still under way.
    private async ValueTask<bool> WaitForFirstAsync(EventCursor events)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            if (!events.BeginMove() && !await events.WaitAsync(_settings.FirstEventGrace - _time.GetElapsedTime(started), _time)) return false;
            await events.EndMoveAsync();
            var step = events.Current;
            if (step.Kind == ReplyEventKind.Opened) _exchange.Opened = step.Opened;
            else if (step.Kind == ReplyEventKind.Failed) throw new ApiException(ApiError.From(step.Error));
            else return true;
        }
    }

    private void WriteHead()
    {
        ReplyHeaders.Write(_http, _exchange);
        _http.Response.ContentType = "text/event-stream; charset=utf-8";
        _http.Response.Headers.CacheControl = "no-cache";
        // nginx in front of a team's gateway would otherwise collect the stream.
        _http.Response.Headers["X-Accel-Buffering"] = "no";
        _writer = new SseWriter(_buffer, _settings.Head(_exchange));
        _guard.Sink = _writer;
    }

    // The upstream pauses: what was written goes out, and the line is the ping timer's until the next event.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitAsync(EventCursor events, SseConnection line)
    {
        await line.PauseAsync();
        try
        {
            await events.EndMoveAsync();
        }
        finally
        {
            await line.ResumeAsync();
        }

        await PassAsync(events.Current, line);
    }

    private ValueTask PassAsync(in ReplyEvent step, SseConnection line)
    {
        switch (step.Kind)
        {
            case ReplyEventKind.Opened:
                _exchange.Opened = step.Opened;
                break;
            case ReplyEventKind.Finished:
                _exchange.Finish = step.Finish;
                _exchange.StopReason = _guard.End(step.Finish.Reason);
                _writer.Finish(_exchange.StopReason.Value, step.Finish);
                break;
            case ReplyEventKind.Failed:
                Fail(ApiError.From(step.Error));
                break;
            default:
                _exchange.MarkToken();
                _guard.Write(step);
                break;
        }

        return line.FlushIfFullAsync();
    }
}
