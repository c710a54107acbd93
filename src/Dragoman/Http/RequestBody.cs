using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Dragoman.Http;

/// <summary>A request's body in a pooled buffer, for as long as the request lives.</summary>
internal sealed class RequestBody : IDisposable
{
    // Anthropic refuses bodies over 32 MB; larger ones are a client's mistake.
    private const int MaxRequestBytes = 32 << 20;

    private byte[] _buffer;
    private int _length;

    private RequestBody(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="ApiException">It is too large or encoded.</exception>
    public static async Task<RequestBody> ReadAsync(HttpContext http)
    {
        if (http.Request.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
        {
            throw new ApiException(ApiError.Invalid($"Content-Encoding: '{encoding}' is not supported; send the body as it is.", "request_body_encoding_unsupported"));
        }

        // Our own limit answers in the API's shape; the server's default is lower and answers with an empty body.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var expected = http.Request.ContentLength ?? 0;
        if (expected > MaxRequestBytes) throw TooLarge();
        var body = new RequestBody((int)Math.Max(expected + 1, 4096));
        try
        {
            await body.FillAsync(http);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private async Task FillAsync(HttpContext http)
    {
        var stream = http.Request.Body;
        while (true)
        {
            if (_length == _buffer.Length) Grow();
            var read = await stream.ReadAsync(_buffer.AsMemory(_length), http.RequestAborted);
            if (read == 0) return;
            _length += read;
            if (_length > MaxRequestBytes) throw TooLarge();
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private static ApiException TooLarge() =>
        new(new ApiError(413, "request_too_large", $"Request exceeds the maximum allowed number of bytes. The maximum request size is {MaxRequestBytes >> 20} MB."));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }
}
