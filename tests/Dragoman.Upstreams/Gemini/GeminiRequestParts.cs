using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini;

/// <summary>A request that was decoded, taken apart for the rules.</summary>
/// <param name="Flavour">The API that was called.</param>
/// <param name="Model">The model that is to answer.</param>
/// <param name="Body">The decoded request, in camel case.</param>
internal sealed record GeminiRequestParts(ApiFlavour Flavour, SimulatedGeminiModel Model, JsonElement Body)
{
    /// <summary>The conversation.</summary>
    public IReadOnlyList<JsonElement> Contents { get; } = [.. Body.FindItems("contents")];

    /// <summary>The system instruction.</summary>
    public JsonElement? SystemInstruction => Body.Find("systemInstruction");

    /// <summary>The tools.</summary>
    public IReadOnlyList<JsonElement> Tools { get; } = [.. Body.FindItems("tools")];

    /// <summary>All functions of all tools.</summary>
    public IReadOnlyList<JsonElement> Functions { get; } = [.. Body.FindItems("tools").SelectMany(tool => tool.FindItems("functionDeclarations"))];

    /// <summary>How functions are to be called.</summary>
    public JsonElement Calling => Body.Find("toolConfig")?.Find("functionCallingConfig") ?? default;

    /// <summary>How to generate; an undefined element when nothing is said.</summary>
    public JsonElement Generation => Body.Find("generationConfig") ?? default;

    /// <summary>Whether a tool of Google's own is on offer, for example <c>googleSearch</c>.</summary>
    public bool Offers(string tool) => Tools.Any(entry => entry.Find(tool) is not null);

    /// <summary>A content's role; without one it is the user's.</summary>
    public static string Role(JsonElement content) => content.FindText("role") is { Length: > 0 } role ? role : "user";

    /// <summary>A content's parts.</summary>
    public static IEnumerable<JsonElement> Parts(JsonElement content) => content.FindItems("parts");

    /// <summary>The function calls of a content.</summary>
    public static IEnumerable<JsonElement> Calls(JsonElement content) => Parts(content).Select(part => part.Find("functionCall")).OfType<JsonElement>();

    /// <summary>The function responses of a content.</summary>
    public static IEnumerable<JsonElement> Responses(JsonElement content) => Parts(content).Select(part => part.Find("functionResponse")).OfType<JsonElement>();
}
