using System.Text.Json;

namespace Dragoman.Providers.Ollama;

/// <summary>
/// How much memory a conversation takes beside the weights: for each token and layer a key and a value of 16 bits for each head, as Ollama itself reckons (ollama/ollama,
/// fs/ggml/ggml.go, GraphSize). With <c>OLLAMA_KV_CACHE_TYPE=q8_0</c> it is half of that.
/// </summary>
internal static class ModelCache
{
    private const int BytesOfNumber = 2;

    // Most layers of these architectures look at a short window, which is next to nothing, and only one in so many at everything (gemma3: the same file; gpt-oss: its model card).
    private static readonly Dictionary<string, int> FullEvery = new(StringComparer.Ordinal) { ["gemma3"] = 6, ["gptoss"] = 2, ["gpt-oss"] = 2 };

    /// <summary>Reads an answer of <c>/api/show</c>; null when it lacks a number (lists, as of models whose layers differ, are left out of it).</summary>
    public static long? BytesPerToken(JsonElement show)
    {
        if (!show.TryGetProperty("model_info", out var info) || info.ValueKind != JsonValueKind.Object) return null;
        if (!info.TryGetProperty("general.architecture", out var name) || name.ValueKind != JsonValueKind.String) return null;
        var architecture = name.GetString()!;
        long? Number(string field) => info.TryGetProperty($"{architecture}.{field}", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number > 0 ? number : null;
        // Qwen3-Next and its kind: only one layer in so many has a cache that grows.
        var layers = Number("block_count") / (Number("full_attention_interval") ?? FullEvery.GetValueOrDefault(architecture, 1));
        // Keys and values in one, which is smaller than both (DeepSeek, GLM).
        if (Number("attention.kv_lora_rank") is { } rank) return layers * (rank + (Number("rope.dimension_count") ?? 0)) * BytesOfNumber;
        var head = Number("embedding_length") / Number("attention.head_count");
        return layers * Number("attention.head_count_kv") * ((Number("attention.key_length") ?? head) + (Number("attention.value_length") ?? head)) * BytesOfNumber;
    }
}
