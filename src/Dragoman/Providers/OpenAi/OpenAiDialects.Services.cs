namespace Dragoman.Providers.OpenAi;

/// <summary>The services.</summary>
internal static partial class OpenAiDialects
{
    // platform.openai.com, API reference of responses and chat. From gpt-5.4 on, chat refuses functions with reasoning ("To use function tools, use /v1/responses",
    // openai/openai-openapi#541), so all models that reason are asked by Responses. They refuse temperature ("Unsupported parameter: 'temperature' is not supported
    // with this model"). Efforts by family: guide "Reasoning models". max_output_tokens is 16 at least.
    private static OpenAiDialect OpenAi => new()
    {
        Name = "openai",
        Hosts = ["api.openai.com", "openai.azure.com"],
        Api = OpenAiApi.Responses,
        MaxTokensField = "max_output_tokens",
        LeastMaxTokens = 16,
        OutputLimit = 128_000,
        SystemRole = "instructions",
        Reasoning = Summarized("""{"reasoning":{"effort":"none"}}""", "low", "medium", "high", "xhigh"),
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
            new(["gpt-5.1"], dialect => dialect with { Reasoning = Summarized("""{"reasoning":{"effort":"none"}}""", "low", "medium", "high") }),
            new(["gpt-5-codex", "o1", "o3", "o4", "codex-"], dialect => dialect with { Reasoning = Summarized(off: null, "low", "medium", "high"), OutputLimit = 100_000 }),
            new(["gpt-5-pro"], dialect => dialect with { Reasoning = Summarized(off: null, "high") }),
            new(["gpt-3.5", "gpt-4", "chatgpt-", "gpt-5-chat"], dialect => dialect with
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

    // openrouter.ai/docs: "Reasoning tokens" (efforts, budgets, reasoning_details to be given back unchanged), "Structured outputs", "PDF inputs", "Tool calling".
    // Switching reasoning off is refused for models that must reason ("Reasoning is mandatory for this endpoint and cannot be disabled").
    private static OpenAiDialect OpenRouter => new()
    {
        Name = "openrouter",
        Hosts = ["openrouter.ai"],
        OutputWithinContext = true,
        Reasoning = Routed("""{"reasoning":{"effort":"none"}}""", "minimal", "low", "medium", "high", "xhigh"),
        ReasoningReturn = ReasoningReturn.Details,
        ReasoningField = "reasoning",
        ThinkTags = false,
        TopK = true,
        ParallelToolCalls = true,
        NamedChoice = true,
        NoneChoice = true,
        JsonAnswer = JsonAnswer.Schema,
        Files = true,
        MaxCallIdLength = 64,
        Prefill = Prefill.AsIs,
        Rules =
        [
            new(
                ["openai/o", "openai/gpt-5", "openai/gpt-oss", "google/gemini-2.5-pro", "google/gemini-3", "x-ai/grok-4", "*grok-code", "*deepseek-r1", "*-thinking", "minimax/minimax-m", "*qwq"],
                dialect => dialect with { Reasoning = Routed(off: null, "low", "medium", "high") }),
            // The upstream's own rule holds behind OpenRouter (charmbracelet/crush#279).
            new(["mistralai/"], dialect => dialect with { AssistantAfterResults = true, CallIdLength = 9 }),
        ],
    };

    // api-docs.deepseek.com, "Thinking Mode", "Chat Completion". Reasoning is on by default and must come back with every assistant message, or the request is
    // refused ("The reasoning_content in the thinking mode must be passed back to the API", deepseek-ai/deepseek-harness#739). Images are refused.
    private static OpenAiDialect DeepSeek => new()
    {
        Name = "deepseek",
        Hosts = ["api.deepseek.com"],
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
    };

    // console.groq.com/docs: "Reasoning" (which models, which words; raw reasoning and tools together are refused), "Structured outputs" (not with streaming).
    private static OpenAiDialect Groq => new()
    {
        Name = "groq",
        Hosts = ["api.groq.com"],
        MaxTokensField = "max_completion_tokens",
        Reasoning = ReasoningControl.None,
        ReasoningField = "reasoning",
        ThinkTags = false,
        ParallelToolCalls = true,
        NamedChoice = true,
        NoneChoice = true,
        MaxCallIdLength = 64,
        Rules =
        [
            new(["gpt-oss"], dialect => dialect with
            {
                Reasoning = new("""{"reasoning_effort":"$effort"}""", Off: null, "low", "medium", "high"),
                ReasoningReturn = ReasoningReturn.Field,
                OutputLimit = 65_536,
            }),
            new(["qwen3", "qwen-3"], dialect => dialect with
            {
                Reasoning = new("""{"reasoning_effort":"default","reasoning_format":"parsed"}""", """{"reasoning_effort":"none"}"""),
                ReasoningReturn = ReasoningReturn.Field,
                OutputLimit = 40_960,
            }),
            new(["llama-3"], dialect => dialect with { OutputLimit = 32_768 }),
            new(["kimi-k2"], dialect => dialect with { OutputLimit = 16_384 }),
        ],
    };

    // docs.mistral.ai, API "chat" (unknown fields are refused; usage comes unasked) and "Reasoning" (none or high; thinking parts). Ids of calls are nine letters
    // and digits, and no user message may follow a tool's ("Unexpected role 'user' after role 'tool'", datapizza-labs/datapizza-ai#98).
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
            new(["mistral-small-latest", "mistral-small-26", "mistral-medium-3-5", "mistral-medium-3.5"], dialect => dialect with
            {
                Reasoning = new("""{"reasoning_effort":"$effort"}""", """{"reasoning_effort":"none"}""", "high"),
                ReasoningReturn = ReasoningReturn.ContentPart,
            }),
            new(["magistral"], dialect => dialect with { Reasoning = ReasoningControl.Always, ReasoningReturn = ReasoningReturn.ContentPart }),
        ],
    };

    // docs.z.ai, "Chat Completion", "Thinking Mode" (reasoning is kept from turn to turn with clear_thinking false), "Tool streaming". tool_choice is auto or nothing,
    // stream_options, strict and a developer's role are unknown; usage comes unasked.
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
            new(["glm-4.5v", "glm-4.6v", "glm-5v"], dialect => dialect with { Images = true, OutputLimit = 16_384 }),
        ],
    };

    // platform.moonshot.ai/docs. Reasoning must come back with calls ("thinking is enabled but reasoning_content is missing in assistant tool call message",
    // continuedev/continue#11600); a forced call is refused while the model reasons (can1357/oh-my-pi#1077, UKGovernmentBEIS/inspect_ai#5152); K2.5 and later refuse
    // every temperature but their own (simstudioai/sim#5716).
    private static OpenAiDialect Moonshot => new()
    {
        Name = "moonshot",
        Hosts = ["api.moonshot.ai", "api.moonshot.cn", "api.kimi.com"],
        MaxTokensField = "max_completion_tokens",
        Reasoning = new("""{"thinking":{"type":"enabled"}}""", """{"thinking":{"type":"disabled"}}"""),
        ReasoningReturn = ReasoningReturn.Field,
        ReasoningRequired = true,
        ThinkTags = false,
        Samples = false,
        NamedChoice = true,
        NoneChoice = true,
        ForcedCallEndsReasoning = true,
        JsonAnswer = JsonAnswer.Schema,
        MaxCallIdLength = 64,
        Prefill = Prefill.Partial,
        Rules =
        [
            new(["moonshot-v1", "kimi-k2-0", "kimi-k2-turbo", "kimi-latest"], dialect => dialect with
            {
                Reasoning = ReasoningControl.None, ReasoningReturn = ReasoningReturn.None, ReasoningRequired = false, Samples = true, RequiredChoice = null, NamedChoice = true,
            }),
            new(["kimi-k2-thinking", "kimi-k2.7"], dialect => dialect with { Reasoning = ReasoningControl.Always, RequiredChoice = null, NamedChoice = false, ForcedCallEndsReasoning = false }),
            new(["kimi-k3"], dialect => dialect with { Reasoning = ReasoningControl.Always, NamedChoice = false, ForcedCallEndsReasoning = false }),
        ],
    };

    // docs.x.ai: chat is deprecated for Responses ("Best Practices Guide"), encrypted reasoning goes back with every turn, efforts per model ("Grok 4.3");
    // `instructions` was refused for long, so the system text is a message.
    private static OpenAiDialect Xai => new()
    {
        Name = "xai",
        Hosts = ["api.x.ai"],
        Api = OpenAiApi.Responses,
        MaxTokensField = "max_output_tokens",
        Reasoning = new("""{"reasoning":{"effort":"$effort"}}""", """{"reasoning":{"effort":"none"}}""", "low", "medium", "high"),
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
            new(["grok-4-", "=grok-4", "grok-4.20", "grok-code", "grok-build"], dialect => dialect with { Reasoning = ReasoningControl.Always }),
            new(["grok-3", "grok-2", "*non-reasoning"], dialect => dialect with { Reasoning = ReasoningControl.None }),
            new(["grok-3-mini"], dialect => dialect with { Reasoning = new("""{"reasoning":{"effort":"$effort"}}""", Off: null, "low", "high") }),
        ],
    };

    // docs.together.ai, "Chat completions", "Reasoning", "Structured outputs": answers have `reasoning`; hybrid models are switched, gpt-oss has efforts.
    private static OpenAiDialect Together => new()
    {
        Name = "together",
        Hosts = ["api.together.xyz", "api.together.ai"],
        OutputWithinContext = true,
        TopK = true,
        NamedChoice = true,
        NoneChoice = true,
        JsonAnswer = JsonAnswer.Grammar,
        MaxCallIdLength = 64,
        Rules =
        [
            new(["gpt-oss"], dialect => dialect with { Reasoning = new("""{"reasoning_effort":"$effort"}""", Off: null, "low", "medium", "high") }),
            new(["glm-", "kimi-k2.", "deepseek-v3.1", "deepseek-v4", "qwen3.5", "qwen3.6"], dialect => dialect with
            {
                Reasoning = new("""{"reasoning":{"enabled":true}}""", """{"reasoning":{"enabled":false}}"""),
                ReasoningReturn = ReasoningReturn.Field,
                ReasoningField = "reasoning",
            }),
            new(["llama-", "meta-llama"], dialect => dialect with { Reasoning = ReasoningControl.None }),
        ],
    };

    private static ReasoningControl Summarized(string? off, params IReadOnlyList<string> efforts) =>
        new("""{"reasoning":{"effort":"$effort","summary":"auto"}}""", off, efforts) { OnUnseen = """{"reasoning":{"effort":"$effort"}}""" };

    private static ReasoningControl Routed(string? off, params IReadOnlyList<string> efforts) =>
        new("""{"reasoning":{"effort":"$effort"}}""", off, efforts) { Budget = """{"reasoning":{"max_tokens":$budget}}""" };
}
