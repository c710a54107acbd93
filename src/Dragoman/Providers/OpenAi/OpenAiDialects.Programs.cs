using Dragoman.Tools;

namespace Dragoman.Providers.OpenAi;

/// <summary>The programs that people run themselves. Their chat templates read reasoning from the history, and know of it by different names.</summary>
internal static partial class OpenAiDialects
{
    // lmstudio.ai/docs/developer/openai-compat: the fields that chat takes; tool_choice is one of three words ("Invalid tool_choice type: 'object'"); a schema is a grammar.
    private static OpenAiDialect LmStudio => new()
    {
        Name = "lmstudio",
        Hosts = [":1234"],
        ReasoningReturn = ReasoningReturn.Field,
        TopK = true,
        NoneChoice = true,
        Schemas = SchemaDialect.Ollama,
        JsonAnswer = JsonAnswer.Grammar,
        MaxCallIdLength = 64,
        Prefill = Prefill.AsIs,
        Rules = [new(["gpt-oss"], dialect => dialect with { Reasoning = new("""{"reasoning_effort":"$effort"}""", Off: null, "low", "medium", "high") })],
    };

    // ggml-org/llama.cpp, tools/server/README.md and common/chat.cpp: parallel calls are off unless asked for; a function named in tool_choice is read as auto; tools become
    // a grammar, in which a pattern must be anchored; a schema and tools together are refused; the template's switches are chat_template_kwargs.
    private static OpenAiDialect LlamaCpp => new()
    {
        Name = "llamacpp",
        Owner = "llamacpp",
        Reasoning = new(
            """{"chat_template_kwargs":{"enable_thinking":true,"reasoning_effort":"$effort"}}""", """{"chat_template_kwargs":{"enable_thinking":false}}""", "low", "medium", "high"),
        ReasoningReturn = ReasoningReturn.Field,
        TopK = true,
        ParallelToolCalls = true,
        SerialByDefault = true,
        NoneChoice = true,
        Schemas = SchemaDialect.Ollama,
        JsonAnswer = JsonAnswer.Grammar,
        MaxCallIdLength = 64,
        Prefill = Prefill.AsIs,
        Rules = [new(["gpt-oss"], NoOff)],
    };

    // docs.vllm.ai, "OpenAI-Compatible Server" and "Reasoning Outputs" (`reasoning`, once `reasoning_content`; enable_thinking, or thinking, is the template's switch).
    // Mistral's own tokenizer refuses chat_template_kwargs.
    private static OpenAiDialect Vllm => new()
    {
        Name = "vllm",
        Owner = "vllm",
        OutputWithinContext = true,
        Reasoning = new(
            """{"reasoning_effort":"$effort","chat_template_kwargs":{"enable_thinking":true,"thinking":true}}""",
            """{"chat_template_kwargs":{"enable_thinking":false,"thinking":false}}""",
            "low", "medium", "high"),
        ReasoningReturn = ReasoningReturn.Field,
        ReasoningField = "reasoning",
        TopK = true,
        ParallelToolCalls = true,
        NamedChoice = true,
        NoneChoice = true,
        JsonAnswer = JsonAnswer.Grammar,
        MaxCallIdLength = 64,
        Rules = [new(["gpt-oss"], NoOff), MistralTokenizer],
    };

    // docs.sglang.ai, "OpenAI APIs - Completions", "Reasoning parser", "Tool parser": reasoning_content; the same switches of templates.
    private static OpenAiDialect SgLang => Vllm with
    {
        Name = "sglang",
        Hosts = [":30000"],
        Owner = "sglang",
        ReasoningField = "reasoning_content",
    };

    // localai.io, "OpenAI functions and tools", "Constrained grammars", "Reasoning": a function is named in tool_choice; a schema becomes a grammar.
    private static OpenAiDialect LocalAi => new()
    {
        Name = "localai",
        TopK = true,
        NamedChoice = true,
        NoneChoice = true,
        Schemas = SchemaDialect.Ollama,
        JsonAnswer = JsonAnswer.Grammar,
        MaxCallIdLength = 64,
    };

    private static ModelRule MistralTokenizer => new(
        ["*mistral", "*ministral", "*magistral", "*devstral"],
        dialect => dialect with { Reasoning = ReasoningControl.Unknown, AssistantAfterResults = true, CallIdLength = 9 });

    // gpt-oss has three efforts and always reasons.
    private static OpenAiDialect NoOff(OpenAiDialect dialect) => dialect with { Reasoning = dialect.Reasoning with { Off = null } };
}
