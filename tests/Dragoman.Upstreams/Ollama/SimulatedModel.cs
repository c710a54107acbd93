namespace Dragoman.Upstreams.Ollama;

/// <summary>A model that the simulated server has.</summary>
/// <param name="Name">Name with tag.</param>
/// <param name="Capabilities">What <c>/api/show</c> says that it can; null as on servers from before mid-2025.</param>
public sealed record SimulatedModel(string Name, IReadOnlyList<string>? Capabilities)
{
    /// <summary><c>model_info["FAMILY.context_length"]</c>.</summary>
    public int ContextLength { get; init; } = 131_072;

    /// <summary>Architecture.</summary>
    public string Family { get; init; } = "llama";

    /// <summary>The Modelfile's <c>num_ctx</c>, if it sets one.</summary>
    public int? NumCtx { get; init; }

    /// <summary>For example <c>8.0B</c>.</summary>
    public string ParameterSize { get; init; } = "8.0B";

    /// <summary>The address of the cloud that runs it, if it isn't local.</summary>
    public string? RemoteHost { get; init; }

    /// <summary>True when it has the capability, or the server is too old to tell.</summary>
    public bool Can(string capability) => Capabilities?.Contains(capability) ?? true;

    /// <summary>What a well-equipped laptop has.</summary>
    public static IReadOnlyList<SimulatedModel> Usual { get; } =
    [
        new("llama3.1:8b", ["completion", "tools"]),
        new("llama3.2:3b", ["completion", "tools"]) { ParameterSize = "3.2B" },
        new("qwen3:8b", ["completion", "tools", "thinking"]) { Family = "qwen3", ContextLength = 40_960, ParameterSize = "8.2B" },
        new("qwen3-coder:30b", ["completion", "tools"]) { Family = "qwen3moe", ContextLength = 262_144, ParameterSize = "30.5B" },
        new("qwen3-vl:8b", ["completion", "vision", "tools", "thinking"]) { Family = "qwen3vl", ContextLength = 262_144, ParameterSize = "8.8B" },
        new("gpt-oss:20b", ["completion", "tools", "thinking"]) { Family = "gptoss", ParameterSize = "20.9B" },
        new("gemma3:4b", ["completion", "vision"]) { Family = "gemma3", ParameterSize = "4.3B" },
        new("deepseek-r1:8b", ["completion", "thinking"]) { Family = "qwen3", ParameterSize = "8.2B" },
        new("nomic-embed-text:latest", ["embedding"]) { Family = "nomic-bert", ContextLength = 2048, ParameterSize = "137M" },
    ];
}
