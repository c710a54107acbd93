namespace Dragoman.Providers.OpenAi;

/// <summary>The services of those who make models.</summary>
internal static partial class OpenAiDialects
{
    // platform.openai.com, API reference of responses and chat. From gpt-5.4 on, chat refuses functions with reasoning ("To use function tools, use /v1/responses",
    // openai/openai-openapi#541), so all models that reason are asked by Responses. They refuse temperature ("Unsupported parameter: 'temperature' is not supported
    // with this model"). max_output_tokens is 16 at least. Efforts by model: anomalyco/models.dev, providers/openai/models, for gpt-5.6 anomalyco/opencode#36141, for gpt-6
    // vercel/ai, packages/openai/src/openai-language-model-capabilities.ts (only gpt-6-sol and gpt-6-luna can be kept from reasoning).
    private static OpenAiDialect OpenAi => new()
    {
        Name = "openai",
        Hosts = ["api.openai.com", "openai.azure.com"],
        Api = OpenAiApi.Responses,
        MaxTokensField = "max_output_tokens",
        LeastMaxTokens = 16,
        OutputLimit = 128_000,
        SystemRole = "instructions",
        Reasoning = Summarized(NoEffort, "low", "medium", "high", "xhigh"),
        ReasoningReturn = ReasoningReturn.Items,
        ThinkTags = false,
        Samples = false,
        ParallelToolCalls = true,
        NamedChoice = true,
        NoneChoice = true,
        StrictTools = true,
        JsonAnswer = JsonAnswer.Schema,
        JsonAnswerWithTools = true,
        ImagesInResults = true,
        Files = true,
        MaxCallIdLength = 64,
        PromptCacheKey = true,
        Rules =
        [
            new(["=gpt-5", "gpt-5-"], dialect => dialect with { Reasoning = Summarized("""{"reasoning":{"effort":"minimal"}}""", "low", "medium", "high") }),
            new(["gpt-5.1"], dialect => dialect with { Reasoning = Summarized(NoEffort, "low", "medium", "high") }),
            new(["gpt-5.6", "gpt-6-sol", "gpt-6-luna"], dialect => dialect with { Reasoning = Summarized(NoEffort, "low", "medium", "high", "xhigh", "max") }),
            new(["gpt-6.", "gpt-6-astra"], dialect => dialect with { Reasoning = Summarized(off: null, "low", "medium", "high", "xhigh", "max") }),
            new(["gpt-5-codex", "gpt-5.1-codex", "o1", "o3", "o4", "codex-"], dialect => dialect with { Reasoning = Summarized(off: null, "low", "medium", "high") }),
            new(["gpt-5.1-codex-max", "gpt-5.2-codex"], dialect => dialect with { Reasoning = Summarized(off: null, "low", "medium", "high", "xhigh") }),
            new(["o1", "o3", "o4", "codex-"], dialect => dialect with { OutputLimit = 100_000 }),
            new(["gpt-5-pro"], dialect => dialect with { Reasoning = Summarized(off: null, "high") }),
            new(["gpt-5.2-pro", "gpt-5.4-pro", "gpt-5.5-pro"], dialect => dialect with { Reasoning = Summarized(off: null, "medium", "high", "xhigh") }),
            new(["gpt-5.1-chat", "gpt-5.2-chat"], dialect => dialect with { Reasoning = Summarized(off: null, "medium"), OutputLimit = 16_384 }),
            new(["gpt-3.5", "gpt-4", "chatgpt-", "gpt-5-chat", "gpt-5.3-chat"], dialect => dialect with
            {
                Api = OpenAiApi.Chat,
                MaxTokensField = "max_completion_tokens",
                LeastMaxTokens = 1,
                OutputLimit = 16_384,
                SystemRole = "system",
                Reasoning = ReasoningControl.None,
                ReasoningReturn = ReasoningReturn.None,
                Samples = true,
                ImagesInResults = false,
                MaxCallIdLength = 40,
            }),
            new(["gpt-4.1"], dialect => dialect with { OutputLimit = 32_768 }),
            // Older than strict schemas (guide "Structured outputs").
            new(["gpt-3.5", "=gpt-4", "gpt-4-"], dialect => dialect with { OutputLimit = 4096, StrictTools = false, JsonAnswer = JsonAnswer.Object, Files = false }),
        ],
    };

    // api-docs.deepseek.com, "Thinking Mode" (efforts none, low, high, max; a named or required tool is refused while it thinks), "Chat Completion" (max_tokens up to 384K,
    // no json_schema, no parallel_tool_calls), "Models & Pricing" (only Flash sees). Reasoning is on by default and must come back with every assistant message, or the
    // request is refused ("The reasoning_content in the thinking mode must be passed back to the API", deepseek-ai/deepseek-harness#739).
    private static OpenAiDialect DeepSeek => new()
    {
        Name = "deepseek",
        Hosts = ["api.deepseek.com"],
        OutputLimit = 393_216,
        Reasoning = new("""{"thinking":{"type":"enabled"},"reasoning_effort":"$effort"}""", """{"thinking":{"type":"disabled"}}""", "low", "high", "max"),
        ReasoningReturn = ReasoningReturn.Field,
        ReasoningRequired = true,
        ThinkTags = false,
        NamedChoice = true,
        NoneChoice = true,
        ForcedCallEndsReasoning = true,
        JsonAnswer = JsonAnswer.Object,
        Images = false,
        MaxCallIdLength = 64,
        // deepseek-v4-flash is another name for deepseek-flash now.
        Rules = [new(["deepseek-flash", "deepseek-v4-flash", "deepseek-v4.1-flash"], dialect => dialect with { Images = true })],
    };

    // docs.mistral.ai, API "chat" (unknown fields are refused; usage comes unasked) and "Reasoning" (none or high; thinking parts; which models: anomalyco/models.dev,
    // providers/mistral/models, where mistral-medium-latest is still a model that doesn't reason). Ids of calls are nine letters and digits, and no user message may follow a tool's ("Unexpected role 'user' after role 'tool'", datapizza-labs/datapizza-ai#98).
    private static OpenAiDialect Mistral => new()
    {
        Name = "mistral",
        Hosts = ["api.mistral.ai"],
        Reasoning = ReasoningControl.None,
        ReasoningReturn = ReasoningReturn.None,
        ThinkTags = false,
        IncludeUsage = false,
        ParallelToolCalls = true,
        NamedChoice = true,
        NoneChoice = true,
        JsonAnswer = JsonAnswer.Schema,
        AssistantAfterResults = true,
        CallIdLength = 9,
        Prefill = Prefill.Prefix,
        Rules =
        [
            new(["mistral-small-latest", "mistral-small-26", "mistral-medium-26", "mistral-medium-3-5", "mistral-medium-3.5"], dialect => dialect with
            {
                Reasoning = new("""{"reasoning_effort":"$effort"}""", """{"reasoning_effort":"none"}""", "high"),
                ReasoningReturn = ReasoningReturn.ContentPart,
            }),
            new(["magistral"], dialect => dialect with { Reasoning = ReasoningControl.Always, ReasoningReturn = ReasoningReturn.ContentPart }),
        ],
    };

    // docs.z.ai, "Chat Completion", "Thinking Mode" (reasoning is kept from turn to turn with clear_thinking false), "Tool streaming". tool_choice is auto or nothing,
    // stream_options, strict and a developer's role are unknown; usage comes unasked. From GLM-5.2 on there are two efforts, the higher by default; that, limits of
    // answers and which models see: anomalyco/models.dev, providers/zai/models (and models/zhipuai).
    private static OpenAiDialect Zai => new()
    {
        Name = "zai",
        Hosts = ["api.z.ai", "open.bigmodel.cn"],
        OutputLimit = 131_072,
        Reasoning = new("""{"thinking":{"type":"enabled","clear_thinking":false}}""", """{"thinking":{"type":"disabled"}}"""),
        ReasoningReturn = ReasoningReturn.Field,
        ThinkTags = false,
        IncludeUsage = false,
        RequiredChoice = null,
        JsonAnswer = JsonAnswer.Object,
        Images = false,
        MaxCallIdLength = 64,
        Extra = """{"tool_stream":true}""",
        Rules =
        [
            new(["glm-4.5"], dialect => dialect with { OutputLimit = 98_304, Extra = null }),
            new(["glm-5.2", "glm-5.3"], dialect => dialect with
            {
                Reasoning = new("""{"thinking":{"type":"enabled","clear_thinking":false},"reasoning_effort":"$effort"}""", """{"thinking":{"type":"disabled"}}""", "high", "max"),
            }),
            new(["glm-4.5v", "glm-4.6v", "glm-5v"], dialect => dialect with { Images = true }),
            new(["glm-4.5v"], dialect => dialect with { OutputLimit = 16_384 }),
            new(["glm-4.6v"], dialect => dialect with { OutputLimit = 32_768 }),
        ],
    };

    // platform.kimi.ai/docs/api/chat: max_completion_tokens (with the prompt it must fit the context), prompt_cache_key, three formats of answers, partial; K3 always reasons,
    // by three efforts; K2.7 always, without; K2.6 can be kept from it, and reads its reasoning of earlier turns with keep "all" only, without which the prompt would change
    // from turn to turn; no model takes a temperature but its own (simstudioai/sim#5716); "required" is K3's alone. Reasoning must come back with calls ("thinking is enabled
    // but reasoning_content is missing in assistant tool call message", continuedev/continue#11600); a forced call is refused while K2.6 reasons (can1357/oh-my-pi#1077,
    // UKGovernmentBEIS/inspect_ai#5152).
    private static OpenAiDialect Moonshot => new()
    {
        Name = "moonshot",
        Hosts = ["api.moonshot.ai", "api.moonshot.cn", "api.kimi.com"],
        MaxTokensField = "max_completion_tokens",
        OutputWithinContext = true,
        Reasoning = new("""{"thinking":{"type":"enabled"}}""", """{"thinking":{"type":"disabled"}}"""),
        ReasoningReturn = ReasoningReturn.Field,
        ReasoningRequired = true,
        ThinkTags = false,
        Samples = false,
        RequiredChoice = null,
        NamedChoice = true,
        NoneChoice = true,
        ForcedCallEndsReasoning = true,
        JsonAnswer = JsonAnswer.Schema,
        MaxCallIdLength = 64,
        Prefill = Prefill.Partial,
        PromptCacheKey = true,
        Rules =
        [
            // Before there was reasoning; switched off by Moonshot in 2026, but still asked for elsewhere by this dialect.
            new(["moonshot-v1", "kimi-k2-0", "kimi-k2-turbo", "kimi-latest"], dialect => dialect with
            {
                Reasoning = ReasoningControl.None, ReasoningReturn = ReasoningReturn.None, ReasoningRequired = false, Samples = true,
            }),
            new(["kimi-k2.6"], dialect => dialect with { Reasoning = new("""{"thinking":{"type":"enabled","keep":"all"}}""", """{"thinking":{"type":"disabled"}}""") }),
            new(["kimi-k2-thinking", "kimi-k2.7"], dialect => dialect with { Reasoning = ReasoningControl.Always, NamedChoice = false, ForcedCallEndsReasoning = false }),
            new(["kimi-k3"], dialect => dialect with
            {
                Reasoning = new("""{"reasoning_effort":"$effort"}""", Off: null, "low", "high", "max"), RequiredChoice = "required", NamedChoice = false, ForcedCallEndsReasoning = false,
            }),
        ],
    };

    // docs.x.ai: chat is deprecated for Responses ("Best Practices Guide"), encrypted reasoning goes back with every turn; what a request may have: the same reference as
    // langchain-ai/langchainjs has it (XAIResponsesCreateParams: parallel_tool_calls, tool_choice, max_output_tokens); prompt_cache_key leads a conversation to the server
    // that has its cache. Grok 4.5 takes three efforts and always reasons (docs.x.ai/developers/grok-4-5), 4.3 can be kept from it (anomalyco/models.dev,
    // providers/xai/models), 4.20 refuses every effort (vercel/ai, packages/xai/src/supports-reasoning-effort.ts). `instructions` was refused for long, so the system
    // text is a message.
    private static OpenAiDialect Xai => new()
    {
        Name = "xai",
        Hosts = ["api.x.ai"],
        Api = OpenAiApi.Responses,
        MaxTokensField = "max_output_tokens",
        Reasoning = new("""{"reasoning":{"effort":"$effort"}}""", Off: null, "low", "medium", "high"),
        ReasoningReturn = ReasoningReturn.Items,
        ThinkTags = false,
        ParallelToolCalls = true,
        NamedChoice = true,
        NoneChoice = true,
        JsonAnswer = JsonAnswer.Schema,
        JsonAnswerWithTools = true,
        MaxCallIdLength = 64,
        PromptCacheKey = true,
        Rules =
        [
            new(["grok-4.3"], dialect => dialect with { Reasoning = dialect.Reasoning with { Off = NoEffort } }),
            new(["grok-4-", "=grok-4", "grok-4.20", "grok-code", "grok-build"], dialect => dialect with { Reasoning = ReasoningControl.Always }),
            new(["grok-3", "grok-2", "*non-reasoning"], dialect => dialect with { Reasoning = ReasoningControl.None }),
            new(["grok-3-mini"], dialect => dialect with { Reasoning = new("""{"reasoning":{"effort":"$effort"}}""", Off: null, "low", "high") }),
        ],
    };

    // For Responses and OpenRouter: not to reason at all.
    private const string NoEffort = """{"reasoning":{"effort":"none"}}""";

    private static ReasoningControl Summarized(string? off, params IReadOnlyList<string> efforts) =>
        new("""{"reasoning":{"effort":"$effort","summary":"auto"}}""", off, efforts) { OnUnseen = """{"reasoning":{"effort":"$effort"}}""" };
}
