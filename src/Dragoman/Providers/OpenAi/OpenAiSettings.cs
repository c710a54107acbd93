using System.Text.Json;
using System.Text.Json.Serialization;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Overrides;

namespace Dragoman.Providers.OpenAi;

/// <summary>The provider's section of the configuration.</summary>
internal sealed class OpenAiSettings : ProviderSettings<OpenAiModelSettings>
{
    // The providers of the table that people name as they are called.
    private static readonly Dictionary<string, string> Addresses = new(StringComparer.OrdinalIgnoreCase)
    {
        ["openai"] = "https://api.openai.com/v1",
        ["openrouter"] = "https://openrouter.ai/api/v1",
        ["deepseek"] = "https://api.deepseek.com/v1",
        ["groq"] = "https://api.groq.com/openai/v1",
        ["mistral"] = "https://api.mistral.ai/v1",
        ["zai"] = "https://api.z.ai/api/paas/v4",
        ["moonshot"] = "https://api.moonshot.ai/v1",
        ["xai"] = "https://api.x.ai/v1",
        ["together"] = "https://api.together.xyz/v1",
        ["lmstudio"] = "http://localhost:1234/v1",
        ["llamacpp"] = "http://localhost:8080/v1",
        ["vllm"] = "http://localhost:8000/v1",
        ["sglang"] = "http://localhost:30000/v1",
        ["localai"] = "http://localhost:8080/v1",
    };

    /// <summary>The API's address, usually up to <c>/v1</c>. Null: that of the dialect, or of the section's name.</summary>
    public string? Url { get; set; }

    /// <summary>API key, or several; <c>env:NAME</c> reads an environment variable. Null: <c>OPENAI_API_KEY</c> for OpenAI itself, else none.</summary>
    [JsonConverter(typeof(KeysConverter))]
    public IReadOnlyList<string>? ApiKey { get; set; }

    /// <summary>How the server speaks the API. Null: what its address, its name or its models tell.</summary>
    public string? Dialect { get; set; }

    /// <summary>Which API is spoken: <c>chat</c> or <c>responses</c>. Null: the dialect's.</summary>
    [JsonConverter(typeof(OpenAiApiConverter))]
    public OpenAiApi? Api { get; set; }

    /// <summary>Pass <c>metadata.user_id</c> on as <c>user</c>.</summary>
    public bool SendUser { get; set; }

    /// <summary>Reads the section; the defaults when there is none.</summary>
    /// <exception cref="ConfigException">A setting is unknown or of the wrong type.</exception>
    public static OpenAiSettings Read(string name, JsonElement section)
    {
        try
        {
            var settings = section.ValueKind == JsonValueKind.Undefined ? new OpenAiSettings() : section.Deserialize(OpenAiSettingsJson.Default.OpenAiSettings) ?? new OpenAiSettings();
            settings.Check($"providers.{name}");
            return settings;
        }
        catch (JsonException wrong)
        {
            throw new ConfigException($"providers.{name}: {ConfigFile.Describe(wrong)}");
        }
    }

    private void Check(string path)
    {
        CheckAll(path);
        CheckDialect($"{path}.dialect", Dialect);
        foreach (var (model, own) in Models)
        {
            CheckDialect($"{path}.models.{model}.dialect", own.Dialect);
            if (own.ContextTokens < 1 || own.OutputTokens < 1) throw new ConfigException($"{path}.models.{model}: contextTokens and outputTokens are numbers of tokens, 1 or more");
        }
    }

    private static void CheckDialect(string field, string? dialect)
    {
        if (dialect is null || OpenAiDialects.Named(dialect) is not null) return;
        throw new ConfigException($"{field}: there is no dialect '{dialect}'. Known: {string.Join(", ", OpenAiDialects.All.Select(known => known.Name))}");
    }

    /// <summary>The API's base address, which ends with a slash.</summary>
    /// <exception cref="ConfigException">There is none, or it is no address.</exception>
    public Uri BaseAddress(string name)
    {
        var text = (Url ?? Addresses.GetValueOrDefault(Dialect ?? name))?.Trim();
        if (text is null) throw new ConfigException($"providers.{name}.url: the server's address is needed, for example https://openrouter.ai/api/v1");
        if (!text.Contains("://", StringComparison.Ordinal)) text = (text.StartsWith("localhost", StringComparison.OrdinalIgnoreCase) || text.StartsWith("127.", StringComparison.Ordinal) ? "http://" : "https://") + text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
        {
            throw new ConfigException($"providers.{name}.url: '{Url}' is not a URL; write for example http://localhost:8000/v1");
        }

        var path = address.AbsolutePath.TrimEnd('/');
        // People copy the address of a method.
        foreach (var method in (string[])["/chat/completions", "/responses", "/models"])
        {
            if (path.EndsWith(method, StringComparison.OrdinalIgnoreCase)) path = path[..^method.Length];
        }

        return new UriBuilder(address) { Path = (path.Length == 0 ? "/v1" : path) + "/" }.Uri;
    }

    /// <summary>The keys; none when none is needed.</summary>
    /// <exception cref="ConfigException">A named environment variable isn't set, or a key can't be one.</exception>
    public IReadOnlyList<string> Keys(string name, Uri address)
    {
        var keys = KeyRing.Resolve($"providers.{name}.apiKey", ApiKey);
        if (keys.Count > 0 || !UpstreamHost.IsWithin(address, "api.openai.com")) return keys;
        return Environment.GetEnvironmentVariable("OPENAI_API_KEY")?.Trim() is { Length: > 0 } key ? [key] : [];
    }
}

/// <summary>Settings of one model.</summary>
internal sealed class OpenAiModelSettings : TargetSettings
{
    /// <summary>The context size in tokens.</summary>
    public int? ContextTokens { get; set; }

    /// <summary>The answer's limit in tokens.</summary>
    public int? OutputTokens { get; set; }

    /// <summary>The model sees images.</summary>
    public bool? Vision { get; set; }

    /// <summary>How the server speaks the API for this model.</summary>
    public string? Dialect { get; set; }
}

/// <summary>APIs as the configuration writes them: <c>chat</c>, <c>responses</c>.</summary>
internal sealed class OpenAiApiConverter() : JsonStringEnumConverter<OpenAiApi>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(OpenAiSettings))]
internal sealed partial class OpenAiSettingsJson : JsonSerializerContext;
