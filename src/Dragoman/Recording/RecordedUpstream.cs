using System.Net;
using System.Text.Json;

namespace Dragoman.Recording;

/// <summary>
/// Answers requests to upstreams with what was recorded, the first request of a method and path with the first answer to one. What is not in the recording
/// (questions about a model that had been answered before) is asked for real.
/// </summary>
internal sealed class RecordedUpstream : DelegatingHandler
{
    private readonly string _folder;
    private readonly Action<HttpRequestMessage> _askedForReal;
    private readonly Lock _lock = new();
    private readonly List<JsonElement> _calls;

    /// <summary>Reads a recording.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="inner">Asks for real.</param>
    /// <param name="askedForReal">Is told of each request that is.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="JsonException">Its description is damaged.</exception>
    public RecordedUpstream(string folder, HttpMessageHandler inner, Action<HttpRequestMessage> askedForReal)
        : base(inner)
    {
        (_folder, _askedForReal) = (folder, askedForReal);
        using var meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, RecordingFolder.Meta)));
        _calls = meta.RootElement.TryGetProperty("upstream", out var calls) && calls.ValueKind == JsonValueKind.Array ? [.. calls.EnumerateArray().Select(call => call.Clone())] : [];
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Take(request) is not { } call)
        {
            _askedForReal(request);
            return await base.SendAsync(request, cancellationToken);
        }

        var status = call.GetProperty("status").GetInt32();
        if (status == 0) throw new HttpRequestException(HttpRequestError.ConnectionError, call.TryGetProperty("failure", out var failure) ? failure.GetString() : "no answer was recorded");
        var body = call.TryGetProperty("answer", out var file) ? await File.ReadAllBytesAsync(Path.Combine(_folder, Path.GetFileName(file.GetString()!)), cancellationToken) : [];
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body), RequestMessage = request };
        foreach (var header in call.GetProperty("answerHeaders").EnumerateObject())
        {
            // What concerned the connection, or the length before secrets were taken out, is not the answer's.
            if (header.Name is "Transfer-Encoding" or "Content-Length" or "Connection") continue;
            if (!response.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString())) response.Content.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
        }

        return response;
    }

    private JsonElement? Take(HttpRequestMessage request)
    {
        lock (_lock)
        {
            var at = _calls.FindIndex(call => call.GetProperty("method").GetString() == request.Method.Method
                && Uri.TryCreate(call.GetProperty("address").GetString(), UriKind.Absolute, out var address) && address.AbsolutePath == request.RequestUri!.AbsolutePath);
            if (at < 0) return null;
            var found = _calls[at];
            _calls.RemoveAt(at);
            return found;
        }
    }
}
