using System.Text;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Writing;

/// <summary>
/// Writes texts to a response and flushes after each. For scenarios that split, a text leaves in random pieces, so that a reader which
/// expects whole lines (or whole characters) in a read shows its fault.
/// </summary>
/// <param name="response">Where to.</param>
/// <param name="splitSeed">The seed of the pieces; null writes each text whole.</param>
/// <param name="callNumber">Makes the pieces of each call different.</param>
internal sealed class PieceWriter(HttpResponse response, int? splitSeed, int callNumber)
{
    private const int LongestPiece = 24;

    private readonly Random? cuts = splitSeed is { } seed ? new Random(HashCode(seed, callNumber)) : null;

    /// <summary>Writes one text; the first write sends the headers.</summary>
    public async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(text);
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
