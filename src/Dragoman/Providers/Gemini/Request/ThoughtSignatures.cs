using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>
/// Gives Gemini its thought signatures back. The first call of each step must carry the one that it came with (3.x refuses the request otherwise); it travels
/// in the signature of the thinking block before the call, else in a bounded store. For calls of another model, or whose signature was lost, there is a
/// documented value that makes Gemini look over them.
/// </summary>
/// <param name="model">The model that is asked.</param>
/// <param name="author">Provider and model as our own signatures name them: those of another one are refused as corrupted.</param>
/// <param name="stored">The store: a call's id to its signature.</param>
internal sealed class ThoughtSignatures(GeminiModelTraits model, (string Provider, string Model) author, Func<string, string?> stored)
{
    /// <summary>How the upstream's part of our signature begins when it belongs to the call that follows.</summary>
    public const string CallPrefix = "call:";

    /// <summary>How it begins when it belongs to the thought itself.</summary>
    public const string ThoughtPrefix = "thought:";

    /// <summary>The value for a call that never had a signature. The answer's quality suffers, so it never takes a real one's place.</summary>
    public const string Bypass = "skip_thought_signature_validator";

    private readonly SortedSet<string> _degraded = new(StringComparer.Ordinal);
    private string? _next;

    /// <summary>What was approximated, as <c>field=how</c>.</summary>
    public IEnumerable<string> Degraded => _degraded;

    /// <summary>A message of the assistant begins.</summary>
    public void Begin() => _next = null;

    /// <summary>
    /// Takes what a thinking block carries. Returns the part to give back: a thought that was signed itself. Other thoughts of Gemini are in their signatures,
    /// and those of other models mean nothing to it.
    /// </summary>
    public GeminiText? Read(ThinkingBlock block)
    {
        var own = ThinkingSignature.Open(block.Signature);
        if (own?.Upstream is not { } upstream || own.Provider != author.Provider || own.Model != author.Model)
        {
            // A block without text and without meaning here is a signature of somebody else: nothing to lose but that.
            _degraded.Add(block.Thinking.IsEmpty && own?.Thinking is null ? "thinking_signature=dropped" : "thinking_history=dropped");
            return null;
        }

        if (upstream.StartsWith(CallPrefix, StringComparison.Ordinal) && upstream.Length > CallPrefix.Length) _next = upstream[CallPrefix.Length..];
        if (!upstream.StartsWith(ThoughtPrefix, StringComparison.Ordinal)) return null;
        var thought = block.Thinking.IsEmpty ? JsonText.From(own.Thinking ?? "") : block.Thinking;
        if (!thought.IsEmpty) return new GeminiText(thought, IsThought: true) { Signature = upstream[ThoughtPrefix.Length..] };
        // An empty part would be refused, and of text the signature is optional.
        _degraded.Add("thinking_signature=dropped");
        return null;
    }

    /// <summary>The signature of the next call; null when there is none.</summary>
    public string? OfCall(string id)
    {
        var carried = _next;
        _next = null;
        return carried ?? stored(id);
    }

    /// <summary>
    /// Completes one step. Not only those of the current turn, of which alone Gemini asks it: a value that went away when the next turn begins would change
    /// the conversation in its middle, and with it what Gemini has cached.
    /// </summary>
    public void Complete(List<GeminiPart> parts)
    {
        var first = parts.FindIndex(part => part is GeminiCall);
        if (!model.NeedsSignatures || first < 0 || parts[first].Signature is not null) return;
        parts[first] = parts[first] with { Signature = Bypass };
        _degraded.Add("thought_signature=bypassed");
    }
}
