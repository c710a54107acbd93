using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Ollama;

/// <summary>The system message: the client's text, and what the model must know of this request's form.</summary>
internal static class SystemPrompt
{
    /// <summary>The parts of the system message.</summary>
    public static ChatMessage Of(MessagesRequest request, ToolOffer offer, bool hasTools)
    {
        var system = new ChatMessage("system");
        system.Texts.AddRange(SystemText.Of(request));
        if (offer.Unavailable.Count > 0) system.Add(SystemText.Unavailable(offer.Unavailable));
        // Ollama holds the answer to the schema by a grammar but doesn't show it to the model.
        if (!request.OutputSchema.IsEmpty) system.Add(SystemText.Format(request, hasTools));
        return system;
    }
}
