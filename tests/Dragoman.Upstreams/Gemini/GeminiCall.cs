using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini;

/// <summary>A call to generate that passed every check: what it asked for.</summary>
public sealed record GeminiCall
{
    /// <summary>Counts the calls that the server admitted, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>How often a call with these very contents was admitted before: a client that tries again.</summary>
    public required int Attempt { get; init; }

    /// <summary>The door that it came through.</summary>
    public required GeminiRoute Route { get; init; }

    /// <summary>Whether the stream was asked for as server-sent events (<c>alt=sse</c>).</summary>
    public required bool AsksForSse { get; init; }

    /// <summary>The request's body, byte for byte.</summary>
    public required string Body { get; init; }

    /// <summary>The body as Google reads it: in camel case, without nulls.</summary>
    public required JsonElement Request { get; init; }

    /// <summary>The model that answers.</summary>
    public required SimulatedGeminiModel Model { get; init; }

    /// <summary>The tokens of the prompt, at four characters a token and 258 an image; <see cref="CachedTokens"/> are among them.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>The tokens that begin an earlier prompt as well (implicit caching); 0 below 1024.</summary>
    public required int CachedTokens { get; init; }

    /// <summary>Signatures of the current turn that are the server's own.</summary>
    public required int Signatures { get; init; }

    /// <summary>Signatures of the current turn that only stand for one: <c>skip_thought_signature_validator</c>.</summary>
    public required int BypassedSignatures { get; init; }

    /// <summary>Whether ids tell which response belongs to which call; a version of the API without ids goes by the place.</summary>
    public required bool ReadsCallIds { get; init; }

    /// <summary>The conversation.</summary>
    public IReadOnlyList<JsonElement> Contents => [.. Request.FindItems("contents")];

    /// <summary>The text of the system instruction.</summary>
    public string SystemText => string.Concat(Request.Find("systemInstruction")?.FindItems("parts").Select(part => part.FindText("text")) ?? []);

    /// <summary>The functions that may be called; none in mode <c>NONE</c>.</summary>
    public IReadOnlyList<string> ToolNames => Mode == "NONE"
        ? []
        : AllowedNames.Count > 0 ? AllowedNames : [.. Functions.Select(function => function.FindText("name") ?? "")];

    /// <summary>Whether the answer is to rest on a search of the web.</summary>
    public bool Searches => Request.FindItems("tools").Any(tool => tool.Find("googleSearch") is not null);

    /// <summary>Whether addresses in the prompt are to be read.</summary>
    public bool ReadsAddresses => Request.FindItems("tools").Any(tool => tool.Find("urlContext") is not null);

    /// <summary>The generation settings; an undefined element when there are none.</summary>
    public JsonElement Generation => Request.Find("generationConfig") ?? default;

    internal ApiFlavour Flavour => Route.Flavour;

    internal IEnumerable<JsonElement> Functions => Request.FindItems("tools").SelectMany(tool => tool.FindItems("functionDeclarations"));

    internal string Mode => Calling.FindText("mode") ?? "AUTO";

    /// <summary>Whether arguments of calls may be streamed.</summary>
    internal bool StreamsArguments => Route.Streams && Calling.Find("streamFunctionCallArguments") is { ValueKind: JsonValueKind.True };

    /// <summary>The most tokens that the answer may have, thoughts included.</summary>
    internal int MaxTokens => Generation.Find("maxOutputTokens") is { } max ? (int)double.Parse(max.ToString(), System.Globalization.CultureInfo.InvariantCulture) : Model.OutputTokenLimit;

    internal IReadOnlyList<string> Stops => [.. Generation.FindItems("stopSequences").Select(stop => stop.GetString() ?? "")];

    /// <summary>Whether the model thinks at all.</summary>
    internal bool Thinks => Model.Thinking switch
    {
        ThinkingControl.None => false,
        ThinkingControl.Budget => ThinkingConfig.Find("thinkingBudget")?.ToString() != "0",
        _ => true,
    };

    /// <summary>Whether summaries of the thoughts are part of the answer.</summary>
    internal bool ShowsThoughts => Thinks && ThinkingConfig.Find("includeThoughts") is { ValueKind: JsonValueKind.True };

    /// <summary>Whether the answer is JSON, and then the schema that it is held to.</summary>
    internal JsonElement? Format => Generation.FindText("responseMimeType") == "application/json"
        ? Generation.Find("responseSchema") ?? Generation.Find("responseJsonSchema") ?? Json.Parse("""{"type":"object"}""")
        : null;

    private JsonElement Calling => Request.Find("toolConfig")?.Find("functionCallingConfig") ?? default;

    private List<string> AllowedNames => [.. Calling.FindItems("allowedFunctionNames").Select(name => name.GetString() ?? "")];

    private JsonElement ThinkingConfig => Generation.Find("thinkingConfig") ?? default;
}
