namespace Dragoman.Recording;

/// <summary>One request to an upstream within an exchange, and its answer.</summary>
internal sealed class UpstreamCall
{
    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The address.</summary>
    public required Uri Address { get; init; }

    /// <summary>Headers of the request.</summary>
    public required IReadOnlyList<(string Name, string Value)> RequestHeaders { get; init; }

    /// <summary>Body of the request.</summary>
    public required byte[] RequestBody { get; init; }

    /// <summary>When it was sent, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public required long SentAt { get; init; }

    /// <summary>When the answer's headers came; 0: none came.</summary>
    public long AnsweredAt { get; set; }

    /// <summary>HTTP status of the answer; 0: none came.</summary>
    public int Status { get; set; }

    /// <summary>Headers of the answer.</summary>
    public IReadOnlyList<(string Name, string Value)> AnswerHeaders { get; set; } = [];

    /// <summary>Why no answer came.</summary>
    public string? Failure { get; set; }

    /// <summary>The answer's bytes as they came.</summary>
    public RecordedPart Answer { get; } = new();

    /// <summary>Sends a request and records it and what comes back.</summary>
    public static async Task<HttpResponseMessage> SendAsync(ExchangeRecording recording, HttpMessageInvoker invoker, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Reading it keeps it in memory, and what is sent is what was read.
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var call = new UpstreamCall
        {
            Method = request.Method.Method,
            Address = request.RequestUri!,
            RequestHeaders = [.. Pairs(request.Headers), .. request.Content is null ? [] : Pairs(request.Content.Headers)],
            RequestBody = body,
            SentAt = recording.Time.GetTimestamp(),
        };
        recording.Add(call);
        try
        {
            var response = await invoker.SendAsync(request, cancellationToken);
            call.AnsweredAt = recording.Time.GetTimestamp();
            call.Status = (int)response.StatusCode;
            call.AnswerHeaders = [.. Pairs(response.Headers), .. Pairs(response.Content.Headers)];
            response.Content = await RecordedContentAsync(response.Content, call.Answer, recording.Time, cancellationToken);
            return response;
        }
        catch (Exception failed)
        {
            call.Failure = $"{failed.GetType().Name}: {failed.Message}";
            throw;
        }
    }

    private static async Task<HttpContent> RecordedContentAsync(HttpContent content, RecordedPart part, TimeProvider time, CancellationToken cancellationToken)
    {
        var recorded = new StreamContent(new RecordingStream(await content.ReadAsStreamAsync(cancellationToken), part, time));
        foreach (var (name, values) in content.Headers.NonValidated) recorded.Headers.TryAddWithoutValidation(name, values);
        return recorded;
    }

    private static IEnumerable<(string, string)> Pairs(System.Net.Http.Headers.HttpHeaders headers) => headers.NonValidated.Select(header => (header.Key, header.Value.ToString()));
}
