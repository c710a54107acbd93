using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>
/// Gives a model its reasoning back in the form that its server wants. Text is text, whoever wrote it; what is sealed or signed can be read by the model alone that made it,
/// and travels in the signature of the thinking block.
/// </summary>
/// <param name="dialect">The server.</param>
/// <param name="author">Provider and model as our own signatures name them.</param>
internal sealed class ReasoningHistory(OpenAiDialect dialect, (string Provider, string Model) author)
{
    private readonly SortedSet<string> _degraded = new(StringComparer.Ordinal);

    /// <summary>What was approximated, as <c>field=how</c>.</summary>
    public IEnumerable<string> Degraded => _degraded;

    /// <summary>What is given back of a thinking block; null when nothing is.</summary>
    public Thought? Read(ThinkingBlock block)
    {
        var own = ThinkingSignature.Open(block.Signature);
        var text = block.Thinking.IsEmpty ? JsonText.From(own?.Thinking ?? "") : block.Thinking;
        var isAuthor = own is not null && own.Provider == author.Provider && own.Model == author.Model;
        var thought = dialect.ReasoningReturn switch
        {
            ReasoningReturn.Field or ReasoningReturn.ContentPart when !text.IsEmpty => new Thought(text),
            ReasoningReturn.Details when isAuthor && Sealed(own, SealedReasoning.DetailsPrefix) is { } details => new Thought(text, details),
            ReasoningReturn.Details when isAuthor && !text.IsEmpty => new Thought(text),
            ReasoningReturn.Items when isAuthor && Sealed(own, SealedReasoning.EncryptedPrefix) is { } item => new Thought(text, item),
            _ => null,
        };
        // A block without text and without meaning here is a signature of somebody else: nothing to lose but that.
        if (thought is null) _degraded.Add(text.IsEmpty ? "thinking_signature=dropped" : "thinking_history=dropped");
        return thought;
    }

    /// <summary>Notes that reasoning at the end of a message is left out.</summary>
    public void Drop() => _degraded.Add("thinking_history=dropped");

    private static string? Sealed(ThinkingSignature? own, string prefix)
    {
        if (own?.Upstream is not { } upstream || !upstream.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var json = upstream[prefix.Length..];
        try
        {
            // It comes from the client, who may have changed it.
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object || (document.RootElement.ValueKind == JsonValueKind.Array && prefix == SealedReasoning.DetailsPrefix) ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
