namespace Dragoman.Discovery;

/// <summary>The table of places where models may be: a row each. The order is that of preference among equals; what runs on this machine comes before what costs money.</summary>
internal static class Sources
{
    /// <summary>Ollama, also the provider when nothing is found.</summary>
    public const string OllamaName = "ollama";

    /// <summary>llama.cpp, whose list of models is public even when everything else wants a key.</summary>
    public const string LlamaCppName = "llamacpp";

    private const string OpenAi = "openai";

    /// <summary>Programs on this machine, at their usual ports.</summary>
    public static IReadOnlyList<Source> Servers { get; } =
    [
        // ollama/ollama, envconfig/config.go.
        Server(OllamaName, OllamaName, "http://localhost:11434") with { Variables = ["OLLAMA_URL", "OLLAMA_HOST"], Remedy = "ollama pull qwen3:8b" },
        // lmstudio-ai/docs, 1_developer. No key, unless "Require Authentication" is on (0_core/authentication.md).
        Server("lmstudio", OpenAi, "http://localhost:1234/v1") with { Dialect = "lmstudio", Owner = "organization_owner", OwnsPort = true, Remedy = "load a model in LM Studio" },
        // vllm-project/vllm, entrypoints/openai, ModelCard.
        Server("vllm", OpenAi, "http://localhost:8000/v1") with { Dialect = "vllm", Owner = "vllm", IsInMemory = true },
        // sgl-project/sglang, python/sglang/srt/entrypoints/openai/protocol.py, ModelCard.
        Server("sglang", OpenAi, "http://localhost:30000/v1") with { Dialect = "sglang", Owner = "sglang", IsInMemory = true },
        // ggml-org/llama.cpp, tools/server/README.md. As a router it lists models that it has yet to load.
        Server(LlamaCppName, OpenAi, "http://localhost:8080/v1") with { Dialect = "llamacpp", Owner = "llamacpp" },
        // mudler/LocalAI, core/schema/openai.go, OpenAIModel: entries name no owner.
        Server("localai", OpenAi, "http://localhost:8080/v1") with { Dialect = "localai" },
        // janhq/jan, src-tauri/src/core/server/proxy.rs: the owner of the models on this machine is "user"; it doesn't start without a key (janhq/jan#6444).
        Server("jan", OpenAi, "http://localhost:1337/v1") with { OwnsPort = true, IsInMemory = true },
    ];

    // Variables are those of the services' own SDKs, and what anomalyco/models.dev (providers/*/provider.toml) lists for each. Left out are two of its that may mean either
    // of two services with keys of their own: ZHIPU_API_KEY (Z.ai, bigmodel.cn) and KIMI_API_KEY (Moonshot's API, Kimi's subscription).
    /// <summary>Services, by the keys that lie in the environment.</summary>
    public static IReadOnlyList<Source> Services { get; } =
    [
        // Google's SDKs take GOOGLE_API_KEY first where both are set; here the name that can mean nothing else comes first.
        new("gemini", "gemini") { Variables = ["GEMINI_API_KEY", "GOOGLE_API_KEY"], AddressVariable = "GOOGLE_GEMINI_BASE_URL" },
        new("vertex", "gemini") { Variables = ["GOOGLE_CLOUD_PROJECT"], IsGoogleCloud = true },
        // From GPT-5.6 on sizes have names: Sol, Terra and Luna; Astra and all that is "pro" cost many times as much (developers.openai.com, models; OpenAI's list names no abilities).
        Service("openai", "OPENAI_API_KEY") with
        {
            AddressVariable = "OPENAI_BASE_URL",
            Large = ["gpt-6*", "gpt-5*", "gpt-*"],
            Small = ["gpt-6*luna*", "gpt-5*luna*", "gpt-5*mini*", "gpt-*mini*"],
            SmallWords = ["mini", "nano", "luna", "terra"],
            OtherWords = ["pro", "astra", "chat", "codex", "audio", "image", "realtime", "search", "research", "transcribe", "tts", "oss"],
        },
        // It has Claude's own models; an agent gets what it asked for.
        Service("openrouter", "OPENROUTER_API_KEY") with { Large = ["anthropic/claude-sonnet-*", "openrouter/auto"], Small = ["anthropic/claude-haiku-*", "openrouter/auto"] },
        // deepseek-flash for all tiers is what api-docs.deepseek.com, "Integrate with Claude Code", says; deepseek-chat is no more since July 2026.
        Service("deepseek", "DEEPSEEK_API_KEY") with { Large = ["deepseek-flash", "deepseek-v*", "deepseek-*"], Small = ["deepseek-flash", "deepseek-*flash*", "deepseek-*"] },
        // console.groq.com/docs/models.
        Service("groq", "GROQ_API_KEY") with { Large = ["openai/gpt-oss-120b", "qwen/*", "llama-3.3-70b*"], Small = ["openai/gpt-oss-20b", "llama-*-instant"], OtherWords = ["guard"] },
        // Medium 3.5 took Devstral's place in Mistral's own coding agent (ollama.com/library/mistral-medium-3.5); where it isn't on the list yet, Devstral stays.
        Service("mistral", "MISTRAL_API_KEY") with { Large = ["mistral-medium-3.5*", "mistral-medium-3-5*", "mistral-medium-26*", "devstral-*", "mistral-large-*"], Small = ["mistral-small-*", "ministral-*"] },
        // zai-org/z-ai-sdk-python, src/zai/_client.py.
        Service("zai", "ZAI_API_KEY") with { AddressVariable = "ZAI_BASE_URL", Large = ["glm-*"], Small = ["glm-5*flash*", "glm-*air*", "glm-*flash*"], SmallWords = ["air", "flash", "turbo"], OtherWords = ["4.5v", "4.6v", "5v"] },
        // The same in China, with keys of its own (metaglm/zhipuai-sdk-python-v4).
        Service("zhipu", "ZHIPUAI_API_KEY") with { Dialect = "zai", Address = "https://open.bigmodel.cn/api/paas/v4", Large = ["glm-*"], Small = ["glm-5*flash*", "glm-*air*", "glm-*flash*"], SmallWords = ["air", "flash", "turbo"], OtherWords = ["4.5v", "4.6v", "5v"] },
        // platform.kimi.ai/docs. Keys of api.moonshot.cn are others.
        Service("moonshot", "MOONSHOT_API_KEY") with { AddressVariable = "MOONSHOT_BASE_URL", Large = ["kimi-k*", "kimi-*"], Small = ["kimi-k2.6*", "kimi-k*turbo*", "kimi-*"], SmallWords = ["turbo", "highspeed"], OtherWords = ["vision"] },
        // docs.x.ai/developers/grok-4-5: the newest is the one for code and agents.
        Service("xai", "XAI_API_KEY") with { Large = ["grok-*"], Small = ["grok-build*", "grok-*fast*", "grok-*mini*"], SmallWords = ["mini", "fast", "build"], OtherWords = ["vision", "image", "imagine", "video", "multi-agent", "non-reasoning"] },
        // docs.together.ai/docs/serverless-models; by togethercomputer/skills its gpt-oss calls no tools.
        Service("together", "TOGETHER_API_KEY") with { Large = ["zai-org/GLM-5*", "moonshotai/Kimi-K*", "deepseek-ai/DeepSeek-V*", "Qwen/Qwen3*Coder*"], Small = ["Qwen/Qwen3.5-9B*", "Qwen/Qwen3*Coder-Next*"] },
        new("anthropic", "anthropic") { Variables = ["ANTHROPIC_API_KEY"] },
        new("ollama-cloud", OllamaName) { Variables = ["OLLAMA_API_KEY"], Address = "https://ollama.com" },
    ];

    /// <summary>The program whose list of models says this, at an address; null: a server that nobody knows, which speaks OpenAI's API all the same.</summary>
    /// <param name="owner">The <c>owned_by</c> of its first model; empty when there is none.</param>
    /// <param name="port">Its port.</param>
    public static Source? Recognize(string owner, int port) =>
        Servers.FirstOrDefault(server => server.Owner is not null && server.Owner == owner)
        // Versions of LM Studio and Jan name their models' makers. Other rows aren't taken for their port alone: much else listens on 8000 and 8080.
        ?? Servers.FirstOrDefault(server => server.Type == OpenAi && new Uri(server.Address!).Port == port && (server.OwnsPort || (server.Owner is null && owner.Length == 0)));

    /// <summary>The program that hardly anybody shares this port with; null when many do.</summary>
    public static Source? Owning(int port) => Servers.FirstOrDefault(server => server.OwnsPort && new Uri(server.Address!).Port == port);

    private static Source Server(string name, string type, string address) => new(name, type) { Address = address, IsLocal = true };

    private static Source Service(string name, string variable) => new(name, OpenAi) { Variables = [variable], Dialect = name };
}
