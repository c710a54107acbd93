using Dragoman.Replies;

namespace Dragoman.Providers.Anthropic;

/// <summary>Whose thinking an upstream takes back.</summary>
internal enum SignatureTrust
{
    /// <summary>Thinking of any origin but this gateway's, whose signatures are no other upstream's: most servers don't look at signatures.</summary>
    Anyone,

    /// <summary>Anthropic's: it refuses the whole request for one signature that it didn't make.</summary>
    Anthropic,

    /// <summary>None that the client sent: the upstream has found that some of it is not its own, and doesn't say how much.</summary>
    Nobody,
}

/// <summary>Tells whose a thinking block is by its signature.</summary>
internal static class Signatures
{
    // Anthropic's signatures are protobuf messages in base64 ("EqQB…", "ErUB…", "CkYI…"): field 1 or 2, of bytes. Other servers give none, or an id
    // (DeepSeek, vLLM), or JSON. Seen ones have 200 bytes and more; the limit only keeps words from passing for one.
    private const string FirstLetters = "EC";
    private const int MinLength = 40;

    /// <summary>A thinking block with this signature may be sent.</summary>
    public static bool IsAccepted(string? signature, SignatureTrust trust) => trust switch
    {
        SignatureTrust.Nobody => false,
        SignatureTrust.Anyone => signature is null || !ThinkingSignature.IsOurs(signature),
        _ => signature is { Length: >= MinLength } && FirstLetters.Contains(signature[0], StringComparison.Ordinal) && !signature.AsSpan().ContainsAnyExcept(Base64),
    };

    private static readonly System.Buffers.SearchValues<char> Base64 = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
}
