using System.Text;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// Writes lines to a response and flushes after each. For scenarios that split, a line leaves in random pieces, so that a reader which
/// expects whole lines (or whole characters) in a read shows its fault.
/// </summary>
internal sealed class LineWriter(HttpResponse response, OllamaScenario scenario, int callNumber)
{
    private const int LongestPiece = 24;

    private readonly Random? cuts = scenario.SplitSeed is { } seed ? new Random(HashCode(seed, callNumber)) : null;

    /// <summary>Writes one line; the first write sends the headers.</summary>
    /// <param name="line">The line without its line feed.</param>
    /// <param name="isLast">Whether the stream ends with it.</param>
    /// <param name="cancellationToken">Cancelled when the client is gone.</param>
    public async Task WriteAsync(string line, bool isLast, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!response.HasStarted)
        {
            response.ContentType = "application/x-ndjson";
        }

        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(isLast && scenario.NoTrailingNewline ? line : line + "\n");
        while (bytes.Length > 0)
        {
            var length = cuts is null ? bytes.Length : Math.Min(bytes.Length, cuts.Next(1, LongestPiece));
            await response.Body.WriteAsync(bytes[..length], cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
            bytes = bytes[length..];
        }
    }

    // Not System.HashCode, which differs from run to run.
    private static int HashCode(int seed, int callNumber) => unchecked((seed * 31) + callNumber);
}
