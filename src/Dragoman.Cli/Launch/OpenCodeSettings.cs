using System.Text;
using System.Text.Json;
using Dragoman.Discovery;

namespace Dragoman.Cli.Launch;

/// <summary>OpenCode takes its configuration from an environment variable, over the person's own (opencode.ai/docs/config).</summary>
internal static class OpenCodeSettings
{
    // OpenCode needs a limit of the window for a model that it doesn't know; what Ollama's models get here by default.
    private const int UnknownWindow = 32_768;

    // Of a window at most a quarter may be the answer.
    private const int AnswerShare = 4;
    private const int MostAnswer = 32_000;

    /// <summary>What OpenCode needs.</summary>
    public static ClientEnvironment For(ServedModels served) => new ClientEnvironment()
        .Set("OPENCODE_CONFIG_CONTENT", Configuration(served))
        .Remove("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN");

    private static string Configuration(ServedModels served)
    {
        var main = Name(served, "sonnet");
        var small = Name(served, "haiku");
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", $"anthropic/{main}");
            json.WriteString("small_model", $"anthropic/{small}");
            json.WriteStartObject("provider");
            json.WriteStartObject("anthropic");
            json.WriteStartObject("options");
            // It appends /messages to the address.
            json.WriteString("baseURL", $"{served.Url}/v1");
            json.WriteString("apiKey", served.Token);
            json.WriteEndObject();
            json.WriteStartObject("models");
            // The same model for two tiers is written once.
            foreach (var tier in Tier.Names.DistinctBy(tier => Name(served, tier), StringComparer.Ordinal)) WriteModel(json, Name(served, tier), served.Of(tier));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    // Where no name can be pinned OpenCode knows Claude's own.
    private static string Name(ServedModels served, string tier) => served.Of(tier)?.Pin ?? Tier.ClaudeName(tier);

    private static void WriteModel(Utf8JsonWriter json, string name, ServedModel? model)
    {
        var window = model?.ContextTokens ?? UnknownWindow;
        json.WriteStartObject(name);
        json.WriteString("name", model?.Name ?? name);
        json.WriteBoolean("tool_call", true);
        json.WriteStartObject("limit");
        json.WriteNumber("context", window);
        json.WriteNumber("output", Math.Min(window / AnswerShare, MostAnswer));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
