using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Recording;
using Dragoman.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Dragoman.Http;

/// <summary>Puts a recording between a client and the gateway for as long as one request lives.</summary>
internal sealed class RecordedExchange : IAsyncDisposable
{
    private readonly Recorder _recorder;
    private readonly HttpContext _http;
    private readonly ExchangeRecording _recording;
    private readonly Exchange _exchange;
    private readonly IHttpResponseBodyFeature _body;
    private readonly StreamResponseBodyFeature _recorded;

    private RecordedExchange(Recorder recorder, HttpContext http, Exchange exchange, TimeProvider time)
    {
        (_recorder, _http, _exchange) = (recorder, http, exchange);
        _recording = new ExchangeRecording(time, exchange.RequestId)
        {
            Asked = (http.Request.Method, http.Request.Path + http.Request.QueryString),
            ClientHeaders = Pairs(http.Request.Headers),
        };
        http.Request.Body = new RecordingStream(http.Request.Body, _recording.ClientRequest, time);
        _body = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _recorded = new StreamResponseBodyFeature(new RecordingStream(_body.Stream, _recording.ClientAnswer, time), _body);
        http.Features.Set<IHttpResponseBodyFeature>(_recorded);
        recorder.Current = _recording;
    }

    /// <summary>Begins to record a request; null, and nothing is done, without a recorder.</summary>
    public static RecordedExchange? Begin(Recorder? recorder, HttpContext http, Exchange exchange, TimeProvider time) =>
        recorder is null ? null : new RecordedExchange(recorder, http, exchange, time);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // What is written and not yet flushed must go out before the server ends the answer.
            if (!_http.RequestAborted.IsCancellationRequested) await _recorded.CompleteAsync();
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The client has left; what it got is recorded.
        }

        _http.Features.Set(_body);
        _recording.AnswerHeaders = Pairs(_http.Response.Headers);
        // It is written later, and the clock runs on.
        var elapsed = _exchange.Elapsed;
        _recording.Describe = json => Describe(json, _exchange, elapsed);
        _recorder.Finish(_recording);
    }

    private static List<(string, string)> Pairs(IHeaderDictionary headers) => [.. headers.Select(header => (header.Key, header.Value.ToString()))];

    private static void Describe(Utf8JsonWriter json, Exchange exchange, TimeSpan elapsed)
    {
        json.WriteString("version", HealthEndpoint.Version);
        if (exchange.ClientModel is not null) json.WriteString("model", exchange.ClientModel);
        if (exchange.Target is { } target) json.WriteString("target", target.ToString());
        json.WriteBoolean("stream", exchange.Stream);
        json.WriteNumber("status", exchange.Status);
        if (exchange.Error is not null) json.WriteString("error", exchange.Error);
        if (exchange.StopReason is { } reason) json.WriteString("stopReason", reason.WireName());
        json.WriteNumber("milliseconds", Math.Round(elapsed.TotalMilliseconds, 1));
        if (exchange.TimeToFirstToken is { } first) json.WriteNumber("firstTokenAfterMilliseconds", Math.Round(first.TotalMilliseconds, 1));
        if (exchange.Finish is { } finish)
        {
            json.WriteNumber("inputTokens", finish.Usage.InputTokens);
            json.WriteNumber("outputTokens", finish.Usage.OutputTokens);
        }

        if (exchange.Opened is not { Degraded.Count: > 0 } opened) return;
        json.WriteStartArray("degraded");
        foreach (var word in opened.Degraded) json.WriteStringValue(word);
        json.WriteEndArray();
    }
}
