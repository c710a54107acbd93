namespace Dragoman.Discovery;

/// <summary>The table of places where models may be: a row each. The order is that of preference among equals; what runs on this machine comes before what costs money.</summary>
internal static class Sources
{
    /// <summary>Ollama, also the provider when nothing is found.</summary>
    public const string OllamaName = "ollama";

    private const string OpenAi = "openai";

    /// <summary>Programs on this machine, at their usual ports.</summary>
    public static IReadOnlyList<Source> Servers { get; } =
    [
        Server(OllamaName, OllamaName, "http://localhost:11434") with { Variables = ["OLLAMA_URL", "OLLAMA_HOST"], Remedy = "ollama pull qwen3:8b" },
        Server("lmstudio", OpenAi, "http://localhost:1234/v1") with { Dialect = "lmstudio", Owner = "organization_owner", Remedy = "load a model in LM Studio" },
        Server("vllm", OpenAi, "http://localhost:8000/v1") with { Dialect = "vllm", Owner = "vllm" },
        Server("sglang", OpenAi, "http://localhost:30000/v1") with { Dialect = "sglang", Owner = "sglang" },
        Server("llamacpp", OpenAi, "http://localhost:8080/v1") with { Dialect = "llamacpp", Owner = "llamacpp" },
        // Entries of LocalAI's and Jan's lists name no owner, or the model's maker.
        Server("localai", OpenAi, "http://localhost:8080/v1") with { Dialect = "localai" },
        Server("jan", OpenAi, "http://localhost:1337/v1"),
    ];

    /// <summary>Services, by the keys that lie in the environment.</summary>
    public static IReadOnlyList<Source> Services { get; } =
    [
        new("gemini", "gemini") { Variables = ["GEMINI_API_KEY", "GOOGLE_API_KEY"], AddressVariable = "GOOGLE_GEMINI_BASE_URL" },
        new("vertex", "gemini") { Variables = ["GOOGLE_CLOUD_PROJECT"], IsGoogleCloud = true },
        Service("openai", "OPENAI_API_KEY") with { AddressVariable = "OPENAI_BASE_URL", Large = ["gpt-5*", "gpt-*"], Small = ["gpt-5*mini*", "gpt-*mini*"], SmallWords = ["mini", "nano", "chat", "audio", "image", "realtime", "search", "transcribe", "tts"] },
        // It has Claude's own models; an agent gets what it asked for.
        Service("openrouter", "OPENROUTER_API_KEY") with { Large = ["anthropic/claude-sonnet-*", "openrouter/auto"], Small = ["anthropic/claude-haiku-*", "openrouter/auto"] },
        Service("deepseek", "DEEPSEEK_API_KEY") with { Large = ["deepseek-chat", "deepseek-*"], Small = ["deepseek-chat", "deepseek-*"] },
        Service("groq", "GROQ_API_KEY") with { Large = ["openai/gpt-oss-120b", "moonshotai/kimi-*", "qwen/*"], Small = ["openai/gpt-oss-20b", "llama-*-instant"] },
        Service("mistral", "MISTRAL_API_KEY") with { Large = ["devstral-*", "mistral-large-*"], Small = ["mistral-small-*", "ministral-*"] },
        Service("zai", "ZAI_API_KEY") with { Large = ["glm-*"], Small = ["glm-*air*", "glm-*flash*"], SmallWords = ["air", "flash"] },
        Service("moonshot", "MOONSHOT_API_KEY") with { Large = ["kimi-k*", "kimi-*"], Small = ["kimi-k*turbo*", "kimi-*"], SmallWords = ["turbo", "vision"] },
        Service("xai", "XAI_API_KEY") with { Large = ["grok-code*", "grok-*"], Small = ["grok-*fast*", "grok-*mini*"], SmallWords = ["mini", "vision", "image"] },
        new("anthropic", "anthropic") { Variables = ["ANTHROPIC_API_KEY"] },
        new("ollama-cloud", OllamaName) { Variables = ["OLLAMA_API_KEY"], Address = "https://ollama.com" },
    ];

    /// <summary>The program whose list of models says this, at an address; null: a server that nobody knows, which speaks OpenAI's API all the same.</summary>
    /// <param name="owner">The <c>owned_by</c> of its first model; empty when there is none.</param>
    /// <param name="port">Its port.</param>
    public static Source? Recognize(string owner, int port) =>
        Servers.FirstOrDefault(server => server.Owner is not null && server.Owner == owner)
        // A row with an owner is not taken for its port alone: much else listens on 8000 and 8080.
        ?? Servers.FirstOrDefault(server => server.Type == OpenAi && new Uri(server.Address!).Port == port && (server.Owner is null ? owner.Length == 0 || server.Dialect is null : port == LmStudioPort));

    // Versions of LM Studio name their models' makers.
    private const int LmStudioPort = 1234;

    private static Source Server(string name, string type, string address) => new(name, type) { Address = address, IsLocal = true };

    private static Source Service(string name, string variable) => new(name, OpenAi) { Variables = [variable] };
}
