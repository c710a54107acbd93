namespace Dragoman.Upstreams.Ollama;

/// <summary>Where a model's tool calls appear in the stream; it depends on which parser Ollama uses for the model.</summary>
public enum ToolCallPlacement
{
    /// <summary>In a <c>done:false</c> chunk as soon as the call is complete (built-in parsers: qwen3-coder, qwen3.5, gemma4, ...).</summary>
    Chunk,

    /// <summary>On the <c>done:true</c> line (gpt-oss's harmony parser, and models whose template llama-server runs itself).</summary>
    DoneLine,
}

/// <summary>A model that a simulated Ollama has installed.</summary>
public sealed record SimulatedModel
{
    /// <summary>Name with tag, for example <c>qwen3:8b</c>; without a tag, <c>:latest</c> is meant.</summary>
    public required string Name { get; init; }

    /// <summary>Values of <c>completion, tools, insert, vision, embedding, thinking</c>; null as from old servers, which do not report any.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; } = ["completion"];

    /// <summary>The architecture, <c>general.architecture</c>.</summary>
    public string Family { get; init; } = "llama";

    /// <summary>The trained context in tokens; <c>num_ctx</c> is clamped to it.</summary>
    public int ContextLength { get; init; } = 131_072;

    /// <summary>Layers, heads of keys and values, and the size of a head: what a token takes in the cache. Null as from a model that doesn't say.</summary>
    public (int Layers, int Heads, int HeadSize)? Cache { get; init; }

    /// <summary>The Modelfile's parameters as <c>/api/show</c> prints them: lines of <c>name&lt;padding&gt;value</c>. Null for none.</summary>
    public string? Parameters { get; init; }

    /// <summary>For people: <c>8.2B</c>.</summary>
    public string ParameterSize { get; init; } = "8.0B";

    /// <summary>Bytes on disk.</summary>
    public long Size { get; init; } = 4_920_753_328;

    /// <summary>The files that a pull fetches, in bytes each; null: one of the model's size.</summary>
    public IReadOnlyList<long>? Layers { get; init; }

    /// <summary>
    /// The built-in prompt renderer, for example <c>qwen3-coder</c>; null for a Go template. It decides what becomes of a system message
    /// in mid-conversation (see <see cref="PromptRendering"/>).
    /// </summary>
    public string? Renderer { get; init; }

    /// <summary>Where tool calls appear.</summary>
    public ToolCallPlacement ToolCallsIn { get; init; } = ToolCallPlacement.Chunk;

    /// <summary>The key that a call of this model needs (<c>Authorization: Bearer ...</c>), as cloud models do; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>The address of the cloud that runs it (<c>https://ollama.com:443</c>); null for a local model. The cloud looks after the context itself.</summary>
    public string? RemoteHost { get; init; }

    /// <summary>The models of a simulated server unless a scenario names others.</summary>
    public static IReadOnlyList<SimulatedModel> Usual { get; } =
    [
        new() { Name = "llama3.1:8b", Capabilities = ["completion", "tools"] },
        new() { Name = "llama3.2:3b", Capabilities = ["completion", "tools"], ParameterSize = "3.2B", Size = 2_019_393_189 },
        new() { Name = "qwen3:8b", Capabilities = ["completion", "tools", "thinking"], Family = "qwen3", ContextLength = 40_960, Cache = (36, 8, 128), ParameterSize = "8.2B" },
        new()
        {
            Name = "qwen3-coder:30b", Capabilities = ["completion", "tools"], Family = "qwen3moe", ContextLength = 262_144,
            Cache = (48, 4, 128), ParameterSize = "30.5B", Size = 18_556_699_314, Renderer = "qwen3-coder",
        },
        new()
        {
            Name = "qwen3-vl:8b", Capabilities = ["completion", "vision", "tools", "thinking"], Family = "qwen3vl", ContextLength = 262_144,
            ParameterSize = "8.8B", Renderer = "qwen3-vl-thinking",
        },
        new()
        {
            Name = "gpt-oss:20b", Capabilities = ["completion", "tools", "thinking"], Family = "gptoss", ParameterSize = "20.9B",
            Size = 13_793_441_244, Renderer = "harmony", ToolCallsIn = ToolCallPlacement.DoneLine,
        },
        new() { Name = "gemma3:4b", Capabilities = ["completion", "vision"], Family = "gemma3", ParameterSize = "4.3B", Size = 3_338_801_804 },
        new() { Name = "deepseek-r1:8b", Capabilities = ["completion", "thinking"], Family = "qwen3", ParameterSize = "8.2B" },
        new() { Name = "nomic-embed-text:latest", Capabilities = ["embedding"], Family = "nomic-bert", ContextLength = 2048, ParameterSize = "137M", Size = 274_302_450 },
    ];

    /// <summary>The name with its tag.</summary>
    internal string FullName => WithTag(Name);

    /// <summary>The name as error messages of the scheduler print it: <c>registry.ollama.ai/library/gemma3:4b</c>.</summary>
    internal string RegistryName => Name.Contains('/', StringComparison.Ordinal) ? $"registry.ollama.ai/{FullName}" : $"registry.ollama.ai/library/{FullName}";

    /// <summary>Whether this is the model that a request names. Names match without case.</summary>
    internal bool IsCalled(string name) => string.Equals(FullName, WithTag(name), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it has the capability. A server that reports none runs everything.</summary>
    public bool Can(string capability) => Capabilities?.Contains(capability) ?? true;

    private static string WithTag(string name) =>
        name.LastIndexOf(':') > name.LastIndexOf('/') ? name : name + ":latest";
}
