using static Dragoman.Upstreams.Gemini.Shape.ProtoKind;

namespace Dragoman.Upstreams.Gemini.Shape;

/// <summary>
/// The messages of a request as far as they concern generating and counting (the public type declarations of Google's clients, late 2026). What
/// isn't here is an unknown name and so an error, as it is for Google's own servers.
/// </summary>
internal static class ProtoTable
{
    private static readonly string[] Harms =
    [
        "HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH", "HARM_CATEGORY_SEXUALLY_EXPLICIT", "HARM_CATEGORY_DANGEROUS_CONTENT",
        "HARM_CATEGORY_CIVIC_INTEGRITY", "HARM_CATEGORY_JAILBREAK",
    ];

    private static readonly string[] Thresholds = ["BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"];

    private static readonly string[] Resolutions = ["MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH"];

    private static readonly Dictionary<string, ProtoField[]> Messages = new(StringComparer.Ordinal)
    {
        ["GenerateContentRequest"] =
        [
            Text_("model"), Of("contents", "Content").Many, Of("systemInstruction", "Content"), Of("tools", "Tool").Many, Of("toolConfig", "ToolConfig"),
            Of("generationConfig", "GenerationConfig"), Of("safetySettings", "SafetySetting").Many, Text_("cachedContent"),
            Text_("labels").Map.VertexOnly, new("serviceTier", Text), new ProtoField("store", Bool).GeminiApiOnly,
        ],
        ["CountTokensRequest"] =
        [
            Text_("model"), Of("contents", "Content").Many, Of("generateContentRequest", "GenerateContentRequest").GeminiApiOnly,
            Of("systemInstruction", "Content").VertexOnly, Of("tools", "Tool").Many.VertexOnly, Of("generationConfig", "GenerationConfig").VertexOnly,
        ],
        ["Content"] = [Text_("role"), Of("parts", "Part").Many],
        ["Part"] =
        [
            Text_("text").In("data"), Of("inlineData", "Blob").In("data"), Of("fileData", "FileData").In("data"), Of("functionCall", "FunctionCall").In("data"),
            Of("functionResponse", "FunctionResponse").In("data"), Of("executableCode", "ExecutableCode").In("data"),
            Of("codeExecutionResult", "CodeExecutionResult").In("data"), new ProtoField("toolCall", Struct).In("data"), new ProtoField("toolResponse", Struct).In("data"),
            new("thought", Bool), new("thoughtSignature", Bytes), Of("videoMetadata", "VideoMetadata"), Of("mediaResolution", "MediaResolution"),
        ],
        ["Blob"] = [Text_("mimeType"), new("data", Bytes), Text_("displayName").VertexOnly],
        ["FileData"] = [Text_("mimeType"), Text_("fileUri"), Text_("displayName").VertexOnly],
        ["MediaResolution"] = [OneOf("level", Resolutions), new("numTokens", Whole)],
        ["VideoMetadata"] = [Text_("startOffset"), Text_("endOffset"), new("fps", Number)],
        ["FunctionCall"] =
        [
            Text_("id"), Text_("name"), new("args", Struct), new ProtoField("partialArgs", Struct).Many.VertexOnly, new ProtoField("willContinue", Bool).VertexOnly,
        ],
        ["FunctionResponse"] =
        [
            Text_("id"), Text_("name"), new("response", Struct), Of("parts", "FunctionResponsePart").Many, new("willContinue", Bool), Text_("scheduling"),
        ],
        ["FunctionResponsePart"] = [Of("inlineData", "Blob").In("data"), Of("fileData", "FileData").In("data").VertexOnly],
        ["ExecutableCode"] = [Text_("language"), Text_("code")],
        ["CodeExecutionResult"] = [Text_("outcome"), Text_("output")],
        ["Tool"] =
        [
            Of("functionDeclarations", "FunctionDeclaration").Many, Of("googleSearch", "GoogleSearch"), Of("urlContext", "Empty"), Of("codeExecution", "Empty"),
            new("googleSearchRetrieval", Struct), new("googleMaps", Struct), new("computerUse", Struct),
            Of("enterpriseWebSearch", "Empty").VertexOnly, new ProtoField("retrieval", Struct).VertexOnly, new ProtoField("fileSearch", Struct).GeminiApiOnly,
        ],
        ["Empty"] = [],
        ["GoogleSearch"] = [new("timeRangeFilter", Struct), Text_("excludeDomains").Many.VertexOnly],
        ["FunctionDeclaration"] =
        [
            Text_("name"), Text_("description"), Of("parameters", "Schema"), new("parametersJsonSchema", Value), Of("response", "Schema"),
            new("responseJsonSchema", Value), new ProtoField("behavior", Text).GeminiApiOnly,
        ],
        ["Schema"] =
        [
            OneOf("type", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"), Text_("format"), Text_("title"), Text_("description"),
            new("nullable", Bool), Text_("enum").Many, Of("items", "Schema"), new("minItems", Whole), new("maxItems", Whole), Of("properties", "Schema").Map,
            Text_("required").Many, new("minProperties", Whole), new("maxProperties", Whole), new("minimum", Number), new("maximum", Number),
            new("minLength", Whole), new("maxLength", Whole), Text_("pattern"), new("example", Value), Of("anyOf", "Schema").Many, Text_("propertyOrdering").Many,
            new("default", Value),
        ],
        ["ToolConfig"] = [Of("functionCallingConfig", "FunctionCallingConfig"), Of("retrievalConfig", "Empty"), new("includeServerSideToolInvocations", Bool)],
        ["FunctionCallingConfig"] =
        [
            OneOf("mode", "AUTO", "ANY", "NONE", "VALIDATED"), Text_("allowedFunctionNames").Many, new ProtoField("streamFunctionCallArguments", Bool).VertexOnly,
        ],
        ["GenerationConfig"] =
        [
            new("temperature", Number), new("topP", Number), new("topK", Number), new("maxOutputTokens", Whole), Text_("stopSequences").Many,
            new("candidateCount", Whole), new("seed", Whole), new("presencePenalty", Number), new("frequencyPenalty", Number), Text_("responseMimeType"),
            Of("responseSchema", "Schema"), new("responseJsonSchema", Value), Of("thinkingConfig", "ThinkingConfig"), Text_("responseModalities").Many,
            new("responseLogprobs", Bool), new("logprobs", Whole), OneOf("mediaResolution", Resolutions), new("speechConfig", Struct), new("imageConfig", Struct),
            new ProtoField("audioTimestamp", Bool).VertexOnly, new ProtoField("enableEnhancedCivicAnswers", Bool).GeminiApiOnly,
        ],
        ["ThinkingConfig"] = [new("includeThoughts", Bool), new("thinkingBudget", Whole), OneOf("thinkingLevel", "MINIMAL", "LOW", "MEDIUM", "HIGH")],
        ["SafetySetting"] = [OneOf("category", Harms), OneOf("threshold", Thresholds), Text_("method").VertexOnly],
    };

    /// <summary>The fields of a message.</summary>
    public static IReadOnlyList<ProtoField> Fields(string message) => Messages[message];

    private static ProtoField Text_(string name) => new(name, Text);

    private static ProtoField Of(string name, string type) => new(name, Message) { Type = type };

    private static ProtoField OneOf(string name, params string[] values) => new(name, ProtoKind.Enum) { Values = values };
}
