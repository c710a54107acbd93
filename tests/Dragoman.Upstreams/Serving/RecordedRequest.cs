using System.Collections.Immutable;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Serving;

/// <summary>A request exactly as it arrived at a simulated upstream.</summary>
public sealed record RecordedRequest
{
    /// <summary>The HTTP method, in capitals.</summary>
    public required string Method { get; init; }

    /// <summary>The path with its query string.</summary>
    public required string Path { get; init; }

    /// <summary>The headers; several values of one name are joined with a comma. Names compare without case.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body's bytes, untouched.</summary>
    public required ImmutableArray<byte> BodyBytes { get; init; }

    /// <summary>The body as UTF-8 text.</summary>
    public string Body => Encoding.UTF8.GetString(BodyBytes.AsSpan());

    /// <summary>Reads the whole request.</summary>
    internal static async Task<RecordedRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return new RecordedRequest
        {
            Method = request.Method,
            Path = request.Path + request.QueryString,
            Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            BodyBytes = [.. body.ToArray()],
        };
    }
}
