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
        var rename = model == request.Model ? null : model;
        // Only an assistant's messages can be foreign. What couldn't be parsed may have some.
        var hasHistory = request.Fault is not null || request.Messages.Any(message => message.Role == Role.Assistant);
        if (rename is null && !hasHistory)
        {
            output.Write(request.Body.Span);
            return new PassedRequest([]);
        }

        var rewriting = new RequestRewriting(request.Body, rename, trust);
        rewriting.Run();
        rewriting.Edits.Write(output);
        return new PassedRequest([.. rewriting.Degraded]);
    }
}
