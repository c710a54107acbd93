using System.Globalization;
using System.Text.Json;

namespace Dragoman.Providers.Ollama;

/// <summary>What is known of one of the server's models: from <c>/api/tags</c> and <c>/api/show</c>.</summary>
internal sealed record OllamaModel
{
    // Old servers don't tell capabilities; these families think.
    private static readonly string[] ThinkingPrefixes = ["qwen3", "deepseek-r1", "magistral", "nemotron", "glm4", "qwq"];

    // These take a level of thinking instead of on and off (Ollama's renderers for gpt-oss, qwen3.8 and glimmer).
    private static readonly string[] LevelPrefixes = ["gpt-oss", "qwen3.8", "glimmer"];

    /// <summary>The server's name, with tag.</summary>
    public required string Name { get; init; }

    /// <summary>What it can do; null from a server that is too old to tell.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>The context length that it was trained for.</summary>
    public int? TrainedContext { get; init; }

    /// <summary><c>num_ctx</c> of its Modelfile.</summary>
    public int? ModelfileContext { get; init; }

    /// <summary>What a token of the conversation takes of the memory while the model is loaded; null when the server doesn't tell enough.</summary>
    public long? CacheBytesPerToken { get; init; }

    /// <summary>It runs on ollama.com.</summary>
    public bool IsCloud { get; init; }

    /// <summary>It thinks.</summary>
    public bool Thinks => Capabilities?.Contains("thinking") ?? StartsWith(ThinkingPrefixes);

    /// <summary>It takes levels of thinking.</summary>
    public bool TakesLevels => StartsWith(LevelPrefixes);

    /// <summary>It can't be told not to think (gpt-oss ignores false).</summary>
    public bool AlwaysThinks => StartsWith("gpt-oss");

    /// <summary>It sees images; an old server's model is given the benefit of the doubt.</summary>
    public bool Sees => Capabilities?.Contains("vision") ?? true;

    /// <summary>It calls tools; an old server's model is given the benefit of the doubt.</summary>
    public bool CallsTools => Capabilities?.Contains("tools") ?? true;

    /// <summary>It writes text.</summary>
    public bool Generates => Capabilities?.Contains("completion") ?? true;

    /// <summary>Reads an answer of <c>/api/show</c>.</summary>
    public static OllamaModel FromShow(string name, JsonElement show) => new()
    {
        Name = name,
        Capabilities = Strings(show, "capabilities"),
        TrainedContext = ContextLength(show),
        ModelfileContext = Parameter(show, "num_ctx"),
        CacheBytesPerToken = ModelCache.BytesPerToken(show),
        IsCloud = IsCloudName(name) || (show.TryGetProperty("remote_host", out var remote) && remote.ValueKind == JsonValueKind.String && remote.GetString() is { Length: > 0 }),
    };

    /// <summary>True for names like <c>glm-4.7:cloud</c> and <c>gpt-oss:120b-cloud</c>.</summary>
    public static bool IsCloudName(string name) => name.EndsWith(":cloud", StringComparison.OrdinalIgnoreCase) || name.EndsWith("-cloud", StringComparison.OrdinalIgnoreCase);

    private static List<string>? Strings(JsonElement show, string field) =>
        show.TryGetProperty(field, out var array) && array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.String).Select(entry => entry.GetString()!)] : null;

    // "model_info": {"qwen3.context_length": 40960}: the key begins with the architecture's name; "x.vision.context_length" would be another thing.
    private static int? ContextLength(JsonElement show)
    {
        const string name = ".context_length";
        if (!show.TryGetProperty("model_info", out var info) || info.ValueKind != JsonValueKind.Object) return null;
        foreach (var field in info.EnumerateObject())
        {
            if (field.Name.EndsWith(name, StringComparison.Ordinal) && field.Name.IndexOf('.') == field.Name.Length - name.Length && field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt32(out var length)) return length;
        }

        return null;
    }

    // "parameters" is text: a name, padding and a value on each line.
    private static int? Parameter(JsonElement show, string name)
    {
        if (!show.TryGetProperty("parameters", out var text) || text.ValueKind != JsonValueKind.String) return null;
        foreach (var line in text.GetString()!.Split('\n'))
        {
            var parts = line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && parts[0] == name && int.TryParse(parts[1], NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)) return value;
        }

        return null;
    }

    private bool StartsWith(params ReadOnlySpan<string> prefixes)
    {
        // A name may have a namespace: "hf.co/unsloth/Qwen3-8B-GGUF", "user/gpt-oss".
        var name = Name[(Name.LastIndexOf('/') + 1)..];
        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
