using Dragoman.Upstreams.Writing;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Ollama;

/// <summary>Writes the lines of a streamed reply.</summary>
internal sealed class LineWriter(HttpResponse response, OllamaScenario scenario, int callNumber)
{
    private readonly PieceWriter pieces = new(response, scenario.SplitSeed, callNumber);

    /// <summary>Writes one line; the first write sends the headers.</summary>
    /// <param name="line">The line without its line feed.</param>
    /// <param name="isLast">Whether the stream ends with it.</param>
    /// <param name="cancellationToken">Cancelled when the client is gone.</param>
    public Task WriteAsync(string line, bool isLast, CancellationToken cancellationToken)
    {
        if (!response.HasStarted)
        {
            response.ContentType = "application/x-ndjson";
        }

        return pieces.WriteAsync(isLast && scenario.NoTrailingNewline ? line : line + "\n", cancellationToken);
    }
}
