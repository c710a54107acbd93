namespace Dragoman.Providers.OpenAi;

/// <summary>The services that run other people's models.</summary>
internal static partial class OpenAiDialects
{
    // openrouter.ai/docs: "Reasoning tokens" (efforts, budgets, reasoning_details to be given back unchanged), "Structured outputs", "PDF inputs", "Tool calling".
    // Switching reasoning off is refused for models that must reason ("Reasoning is mandatory for this endpoint and cannot be disabled").
    private static OpenAiDialect OpenRouter => new()
    {
        Name = "openrouter",
        Hosts = ["openrouter.ai"],
        OutputWithinContext = true,
        Reasoning = Routed(NoEffort, "minimal", "low", "medium", "high", "xhigh"),
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
                [
                    "openai/o", "openai/gpt-5", "openai/gpt-6", "openai/gpt-oss", "google/gemini-2.5-pro", "google/gemini-3", "x-ai/grok-4", "*grok-code", "*deepseek-r1", "*-thinking",
                    "minimax/minimax-m", "moonshotai/kimi-k2.7", "moonshotai/kimi-k3", "*qwq",
                ],
                dialect => dialect with { Reasoning = Routed(off: null, "low", "medium", "high") }),
            // The upstream's own rule holds behind OpenRouter (charmbracelet/crush#279).
            new(["mistralai/"], dialect => dialect with { AssistantAfterResults = true, CallIdLength = 9 }),
        ],
    };

    // console.groq.com/docs: "Reasoning" (which models, which words; raw reasoning and tools together are refused), "Structured outputs" (not with streaming).
    // Limits of answers: anomalyco/models.dev, providers/groq/models.
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
            }),
            new(["qwen3-32b"], dialect => dialect with { OutputLimit = 40_960 }),
            new(["llama-3"], dialect => dialect with { OutputLimit = 32_768 }),
            new(["llama-4"], dialect => dialect with { OutputLimit = 8192 }),
        ],
    };

    // docs.together.ai, "Chat completions", "Reasoning", "Structured outputs", and togethercomputer/skills, skills/together-chat-completions/references (api-parameters.md:
    // tool_choice auto, required, none or a function; 403 when prompt and max_tokens don't fit the context; reasoning-models.md: answers have `reasoning`, hybrid models are
    // switched, gpt-oss has efforts, MiniMax and Kimi K2.7 always reason). Efforts of GLM-5.2 and DeepSeek-V4: anomalyco/models.dev, providers/togetherai/models.
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
            new(["glm-", "kimi-k2.", "deepseek-v3.1", "deepseek-v4", "qwen3.5", "qwen3.6", "nemotron-3"], dialect => dialect with
            {
                Reasoning = new("""{"reasoning":{"enabled":true}}""", """{"reasoning":{"enabled":false}}"""),
                ReasoningReturn = ReasoningReturn.Field,
                ReasoningField = "reasoning",
            }),
            new(["glm-5.2", "deepseek-v4"], dialect => dialect with
            {
                Reasoning = new("""{"reasoning":{"enabled":true},"reasoning_effort":"$effort"}""", """{"reasoning":{"enabled":false}}""", "high", "max"),
            }),
            new(["minimax-m", "kimi-k2.7"], dialect => dialect with { Reasoning = ReasoningControl.Always, ReasoningReturn = ReasoningReturn.Field, ReasoningField = "reasoning" }),
            new(["llama-", "meta-llama"], dialect => dialect with { Reasoning = ReasoningControl.None }),
        ],
    };

    private static ReasoningControl Routed(string? off, params IReadOnlyList<string> efforts) =>
        new("""{"reasoning":{"effort":"$effort"}}""", off, efforts) { Budget = """{"reasoning":{"max_tokens":$budget}}""" };
}
