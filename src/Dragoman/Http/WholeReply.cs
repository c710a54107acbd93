using System.Buffers;
using Dragoman.Replies;
using Dragoman.Telemetry;

namespace Dragoman.Http;

/// <summary>Sends an answer as one message, assembled from the same events as a stream.</summary>
internal sealed class WholeReply(HttpContext http, Exchange exchange, ReplySettings settings)
{
    private readonly MessageAssembler _assembler = new();

    /// <summary>Waits for the last event, then sends the message.</summary>
    /// <exception cref="ApiException">The upstream failed.</exception>
    public async Task SendAsync(EventCursor events)
    {
        var guard = new StreamGuard(settings.Visibility, () => ReplySettings.Author(exchange)) { Sink = _assembler };
        while (exchange.Finish is null)
        {
            events.BeginMove();
            await events.EndMoveAsync();
            var step = events.Current;
            switch (step.Kind)
            {
                case ReplyEventKind.Opened:
                    exchange.Opened = step.Opened;
                    break;
                case ReplyEventKind.Failed:
                    throw new ApiException(ApiError.From(step.Error));
                case ReplyEventKind.PassedStart:
                    exchange.Upstream = step.Head;
                    WriteHead();
                    http.Response.BodyWriter.Write(step.Raw.Span);
                    break;
                case ReplyEventKind.Finished:
                    exchange.Finish = step.Finish;
                    exchange.StopReason = step.Finish.PassedReason is null ? guard.End(step.Finish.Reason) : step.Finish.Reason;
                    break;
                default:
                    exchange.MarkToken();
                    guard.Write(step);
                    break;
            }
        }

        if (exchange.Finish.PassedReason is null)
        {
            WriteHead();
            _assembler.Finish(http.Response.BodyWriter, settings.Head(exchange), exchange.StopReason!.Value, exchange.Finish);
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private void WriteHead()
    {
        ReplyHeaders.Write(http, exchange);
        http.Response.ContentType = "application/json";
    }
}
