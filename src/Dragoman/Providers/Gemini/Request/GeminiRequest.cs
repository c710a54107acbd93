using Dragoman.Tools;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>A request as Gemini gets it.</summary>
/// <param name="Body">The JSON body of <c>generateContent</c> and <c>streamGenerateContent</c>.</param>
/// <param name="Degraded">What was approximated, as <c>field=how</c>.</param>
/// <param name="Names">Names of tools and of their properties, there and back.</param>
/// <param name="WatchedStops">Stop sequences beyond those that Gemini takes: the answer has to be watched for them.</param>
/// <param name="WebSearch">What Google does by itself in this call; null for an ordinary one.</param>
/// <param name="Offer">The tools on offer.</param>
/// <param name="MaxTokens">The <c>maxOutputTokens</c> that was sent.</param>
/// <param name="IncludesThoughts">Thoughts were asked for.</param>
internal sealed record GeminiRequest(
    ReadOnlyMemory<byte> Body,
    IReadOnlyList<string> Degraded,
    ToolNames Names,
    IReadOnlyList<string> WatchedStops,
    ServerSearch? WebSearch,
    ToolOffer Offer,
    int MaxTokens,
    bool IncludesThoughts);
