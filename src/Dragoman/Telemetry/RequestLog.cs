using System.Globalization;
using System.Text;
using Dragoman.Messages;

namespace Dragoman.Telemetry;

/// <summary>One readable line for each request, and the details when the log is verbose. Never a key, never a whole prompt.</summary>
internal sealed partial class RequestLog(ILogger<RequestLog> log, DragomanOptions options)
{
    /// <summary>The request is understood.</summary>
    public void Accepted(Exchange exchange, MessagesRequest request)
    {
        if (!options.Verbose) return;
        LogAccepted(exchange.RequestId, request.Model, exchange.Target!.ToString(), exchange.RouteReason, request.Messages.Count, request.Tools.Count, request.Body.Length);
        if (request.IgnoredFields.Count > 0) LogIgnored(exchange.RequestId, string.Join(", ", request.IgnoredFields.Distinct(StringComparer.Ordinal)));
    }

    /// <summary>The request is over.</summary>
    public void Finished(Exchange exchange, string path)
    {
        var level = exchange.Status >= 500 ? LogLevel.Error : exchange.Error is not null ? LogLevel.Warning : LogLevel.Information;
        if (!log.IsEnabled(level)) return;
        LogFinished(level, Describe(exchange, path));
    }

    /// <summary>The translated request is on its way.</summary>
    public void Sending(Exchange exchange)
    {
        if (options.Verbose && exchange.Opened is { Body.IsEmpty: false } opened) LogUpstream(exchange.RequestId, VerboseBody.Shorten(opened.Body.Span));
    }

    /// <summary>The gateway itself failed.</summary>
    public void Defect(Exchange exchange, Exception defect) => LogDefect(defect, exchange.RequestId);

    private static string Describe(Exchange exchange, string path)
    {
        var line = new StringBuilder();
        line.Append(exchange.Status).Append(' ');
        if (exchange.ClientModel is null) line.Append(path);
        else line.Append(exchange.ClientModel).Append(" -> ").Append(exchange.Target?.ToString() ?? "?");
        if (exchange.RoutedByRole) line.Append("  ").Append(exchange.RouteReason);
        if (exchange.PassedOver is { } others) line.Append("  ").Append(others);
        if (exchange.CountedTokens is { } counted) line.Append(CultureInfo.InvariantCulture, $"  counted {counted:N0} tokens");
        if (exchange.Finish is { } finish)
        {
            line.Append(CultureInfo.InvariantCulture, $"  {finish.Usage.InputTokens:N0} in, {finish.Usage.OutputTokens:N0} out");
            if (exchange.Cost is > 0 and { } cost) line.Append("  ").Append(Dollars.Text(cost));
            if (exchange.TimeToFirstToken is { } first) line.Append(CultureInfo.InvariantCulture, $"  first token {Seconds(first)}");
            AppendSpeed(line, exchange);
            line.Append("  ").Append(finish.PassedReason ?? exchange.StopReason?.WireName());
            if (finish.UpstreamReason is { } reason) line.Append(" (").Append(reason).Append(')');
        }

        if (exchange.Queued > TimeSpan.Zero) line.Append("  queued ").Append(Seconds(exchange.Queued));
        line.Append(CultureInfo.InvariantCulture, $"  {Seconds(exchange.Elapsed)}");
        if (exchange.Opened is { Degraded.Count: > 0 } opened) line.Append("  degraded: ").AppendJoin(", ", opened.Degraded);
        if (exchange.Session is { } session) line.Append("  session ").Append(session);
        if (exchange.Upstream is { RequestId: { } upstream }) line.Append("  upstream ").Append(upstream);
        if (exchange.Error is { } error) line.Append("  ").Append(error);
        return line.ToString();
    }

    private static void AppendSpeed(StringBuilder line, Exchange exchange)
    {
        var finish = exchange.Finish!;
        var writing = finish.Timings?.Decode ?? (exchange.Elapsed - (exchange.TimeToFirstToken ?? TimeSpan.Zero));
        if (writing > TimeSpan.Zero) line.Append(CultureInfo.InvariantCulture, $"  {finish.Usage.OutputTokens / writing.TotalSeconds:N1} tokens/s");
        if (finish.Timings is not { } spent) return;
        // The upstream's own queue; that of the lane is told apart.
        var queue = (exchange.TimeToFirstToken ?? exchange.Elapsed) - spent.Load - spent.Prefill - exchange.Queued;
        line.Append(CultureInfo.InvariantCulture,
            $"  (queue {Seconds(queue < TimeSpan.Zero ? TimeSpan.Zero : queue)}, load {Seconds(spent.Load)}, prefill {Seconds(spent.Prefill)}, decode {Seconds(spent.Decode)}");
        if (spent.CachedShare is { } cached) line.Append(CultureInfo.InvariantCulture, $", cache hit about {cached:P0}");
        line.Append(')');
    }

    private static string Seconds(TimeSpan span) => span.TotalSeconds < 1 ? $"{span.TotalMilliseconds:N0} ms" : $"{span.TotalSeconds:N1} s";

    [LoggerMessage(Level = LogLevel.Debug, Message = "{RequestId} {Model} -> {Target}, {Route}: {Messages} messages, {Tools} tools, {Bytes} bytes")]
    private partial void LogAccepted(string requestId, string model, string target, string? route, int messages, int tools, int bytes);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{RequestId} ignored, as it means nothing to this model: {Fields}")]
    private partial void LogIgnored(string requestId, string fields);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{RequestId} sent upstream: {Body}")]
    private partial void LogUpstream(string requestId, string body);

    [LoggerMessage(Message = "{Line}")]
    private partial void LogFinished(LogLevel level, string line);

    [LoggerMessage(Level = LogLevel.Error, Message = "{RequestId} the gateway failed")]
    private partial void LogDefect(Exception defect, string requestId);
}
