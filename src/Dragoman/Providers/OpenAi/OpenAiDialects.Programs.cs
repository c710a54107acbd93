using Dragoman.Tools;

namespace Dragoman.Providers.OpenAi;

/// <summary>The programs that people run themselves. Their chat templates read reasoning from the history, and know of it by different names.</summary>
internal static partial class OpenAiDialects
{
    // lmstudio-ai/docs, 1_developer: openai-compat (the fields that chat takes; a schema is a grammar), api-changelog.md (stream_options since 0.3.18; tool_choice is one of three
    // words since 0.3.15, "Invalid tool_choice type: 'object'"; gpt-oss's reasoning is in `reasoning` since 0.3.23, others' in `reasoning_content`).
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
        Rules = [new(["gpt-oss"], dialect => dialect with { Reasoning = new("""{"reasoning_effort":"$effort"}""", Off: null, "low", "medium", "high"), ReasoningField = "reasoning" })],
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

    // docs.vllm.ai, "OpenAI-Compatible Server" and "Reasoning Outputs" (`reasoning`, once `reasoning_content`; enable_thinking, or thinking, is the template's switch);
    // vllm-project/vllm, entrypoints/openai, ModelCard (owned_by, max_model_len). Mistral's own tokenizer refuses chat_template_kwargs.
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

    // docs.sglang.ai, "OpenAI APIs - Completions", "Reasoning parser", "Tool parser"; sgl-project/sglang, python/sglang/srt/entrypoints/openai/protocol.py: owned_by and
    // max_model_len, reasoning_content; the same switches of templates.
    private static OpenAiDialect SgLang => Vllm with
    {
        Name = "sglang",
        Hosts = [":30000"],
        Owner = "sglang",
        ReasoningField = "reasoning_content",
    };

    // mudler/LocalAI: core/http/middleware/request.go (tool_choice none, required or a function; reasoning_effort, of which "none" keeps a model from thinking and any other word
    // has it think; max_completion_tokens means max_tokens), core/schema/message.go (answers have `reasoning`, which is read again as history), core/schema/openai.go
    // (stream_options), core/http/endpoints/openai/chat.go (a schema becomes a grammar, and that of the tools takes its place).
    private static OpenAiDialect LocalAi => new()
    {
        Name = "localai",
        Reasoning = new("""{"reasoning_effort":"$effort"}""", """{"reasoning_effort":"none"}""", "minimal", "low", "medium", "high"),
        ReasoningReturn = ReasoningReturn.Field,
        ReasoningField = "reasoning",
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
