using System.Globalization;
using System.Text.Json;

namespace Dragoman.Providers.OpenAi;

/// <summary>Reads an entry of <c>/models</c>, to which each server adds fields of its own.</summary>
internal static class ListedModel
{
    // In the order in which they count: what is loaded before what could be.
    private static readonly string[] ContextFields =
        // LM Studio; OpenRouter, Together, Moonshot, Fireworks; vLLM, SGLang; LM Studio, Mistral; Groq; some gateways.
        ["loaded_context_length", "context_length", "max_model_len", "max_context_length", "context_window", "max_input_tokens"];

    // OpenAI's list has names only.
    private static readonly string[] OtherKinds = ["text-embedding", "embedding-", "whisper", "tts-", "dall-e", "gpt-image", "omni-moderation", "sora-", "nomic-embed"];

    private static readonly string[] OtherUses = ["embeddings", "rerank", "transcript", "tts", "image", "video", "vad", "detection"];

    /// <summary>Reads an entry; null when it has no name.</summary>
    public static ModelInfo? Read(JsonElement entry, bool isRemote)
    {
        var name = JsonTexts.Of(entry, "id");
        if (name.Length == 0) return null;
        var provider = entry.Find("top_provider") ?? default;
        // llama.cpp tells of a loaded model what its file holds (ggml-org/llama.cpp, tools/server/README.md).
        var file = entry.Find("meta") ?? default;
        var abilities = Words(entry, "supported_parameters").Concat(Words(entry, "capabilities")).Concat(Flags(entry, "capabilities")).ToHashSet(StringComparer.Ordinal);
        var inputs = Words(entry.Find("architecture") ?? default, "input_modalities").Concat(Words(entry, "input_modalities")).ToHashSet(StringComparer.Ordinal);
        var says = abilities.Count > 0;
        return new ModelInfo
        {
            Name = name,
            CreatedAt = JsonTexts.Number(entry, "created") is { } created ? DateTimeOffset.FromUnixTimeSeconds(created) : DateTimeOffset.UnixEpoch,
            MaxInputTokens = Context(entry) ?? JsonTexts.Number(provider, "context_length") ?? JsonTexts.Number(file, "n_ctx_train"),
            MaxOutputTokens = JsonTexts.Number(provider, "max_completion_tokens") ?? JsonTexts.Number(entry, "max_completion_tokens") ?? JsonTexts.Number(entry, "max_output_tokens"),
            // A list that says nothing of tools says nothing against them.
            Tools = !says || abilities.Overlaps(["tools", "tool_use", "function_calling", "tool_calls"]),
            Vision = inputs.Contains("image") || abilities.Contains("vision") || JsonTexts.Of(entry, "type") == "vlm" || Is(entry, "supports_image_in"),
            Thinking = abilities.Overlaps(["reasoning", "include_reasoning", "thinking"]) || Is(entry, "supports_reasoning"),
            Effort = abilities.Contains("reasoning"),
            StructuredOutputs = abilities.Overlaps(["structured_outputs", "response_format", "json_schema"]),
            Generates = Generates(entry),
            Remote = isRemote,
            Billions = JsonTexts.LongNumber(file, "n_params") / 1e9 ?? 0,
            SizeBytes = JsonTexts.LongNumber(file, "size"),
            Price = Price(entry),
        };
    }

    /// <summary>
    /// Reads an entry of LM Studio's own list, <c>/api/v1/models</c> (lmstudio-ai/docs, 1_developer/2_rest/list.md), which is in <c>/v1/models</c> by its key and, when it is
    /// loaded, by the names of what is loaded.
    /// </summary>
    public static IEnumerable<ModelInfo> ReadLmStudio(JsonElement entry, bool isRemote)
    {
        var loaded = entry.Find("loaded_instances") is { ValueKind: JsonValueKind.Array } instances ? instances.EnumerateArray().ToList() : [];
        var context = loaded.Select(instance => JsonTexts.Number(instance.Find("config") ?? default, "context_length")).FirstOrDefault(tokens => tokens is not null);
        var abilities = entry.Find("capabilities") ?? default;
        var model = new ModelInfo
        {
            Name = JsonTexts.Of(entry, "key"),
            MaxInputTokens = context ?? JsonTexts.Number(entry, "max_context_length"),
            Tools = abilities.Find("trained_for_tool_use") is not { ValueKind: JsonValueKind.False },
            Vision = Is(abilities, "vision"),
            Generates = JsonTexts.Of(entry, "type") != "embedding",
            Remote = isRemote,
            SizeBytes = JsonTexts.LongNumber(entry, "size_bytes"),
        };
        return loaded.Select(instance => JsonTexts.Of(instance, "id")).Append(model.Name).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Select(name => model with { Name = name });
    }

    // OpenRouter tells US dollars a token, as a string: "pricing": {"prompt": "0.0000002", ...}; -1 for a price that depends.
    private static ModelPrice? Price(JsonElement entry)
    {
        const int million = 1_000_000;
        if (entry.Find("pricing") is not { } pricing || Amount(pricing, "prompt") is not { } input || Amount(pricing, "completion") is not { } output) return null;
        return new ModelPrice(input * million, output * million)
        {
            CacheRead = Amount(pricing, "input_cache_read") * million,
            CacheWrite = Amount(pricing, "input_cache_write") * million,
            Request = Amount(pricing, "request") ?? 0,
        };
    }

    private static decimal? Amount(JsonElement pricing, string what) =>
        decimal.TryParse(JsonTexts.Of(pricing, what), NumberStyles.Float, CultureInfo.InvariantCulture, out var dollars) && dollars is >= 0 and < 1 ? dollars : null;

    /// <summary>The context size that an entry tells; null when it tells none.</summary>
    public static int? Context(JsonElement entry) => ContextFields.Select(field => JsonTexts.Number(entry, field)).FirstOrDefault(tokens => tokens is not null);

    // Embeddings, speech and pictures are in the same list.
    private static bool Generates(JsonElement entry)
    {
        if (JsonTexts.Of(entry, "type") is "embeddings" or "embedding" or "image" or "audio" or "transcribe" or "rerank" or "moderation") return false;
        if (entry.Find("capabilities") is { } capabilities && capabilities.Find("completion_chat") is { ValueKind: JsonValueKind.False }) return false;
        // LocalAI says what each of its models is for.
        var uses = Words(entry, "capabilities").ToList();
        if (uses.Exists(use => OtherUses.Contains(use, StringComparer.Ordinal)) && !uses.Contains("chat", StringComparer.Ordinal) && !uses.Contains("completion", StringComparer.Ordinal)) return false;
        var outputs = Words(entry.Find("architecture") ?? default, "output_modalities").Concat(Words(entry, "output_modalities")).ToList();
        if (outputs.Count > 0 && !outputs.Contains("text", StringComparer.Ordinal)) return false;
        var name = JsonTexts.Of(entry, "id");
        return !OtherKinds.Any(kind => name.Contains(kind, StringComparison.OrdinalIgnoreCase));
    }

    private static bool Is(JsonElement entry, string name) => entry.Find(name) is { ValueKind: JsonValueKind.True };

    private static IEnumerable<string> Words(JsonElement entry, string name) => entry.Find(name) is { ValueKind: JsonValueKind.Array } words
        ? words.EnumerateArray().Where(word => word.ValueKind == JsonValueKind.String).Select(JsonTexts.Read)
        : [];

    // Mistral's object of true and false.
    private static IEnumerable<string> Flags(JsonElement entry, string name) => entry.Find(name) is { ValueKind: JsonValueKind.Object } flags
        ? flags.EnumerateObject().Where(flag => flag.Value.ValueKind == JsonValueKind.True).Select(flag => flag.Name)
        : [];
}
