using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dragoman.Providers.Ollama;

/// <summary>The provider's section of the configuration.</summary>
internal sealed class OllamaSettings
{
    // Ollama's own default of 4096 on most machines cuts an agent's prompt in silence; 32768 holds Claude Code's system prompt and tools (about 20,000 tokens) and some work.
    private const int DefaultContextTokens = 32_768;

    /// <summary>Names the provider type when the section is called something else.</summary>
    public string? Type { get; set; }

    /// <summary>The server's address.</summary>
    public string Url { get; set; } = "http://localhost:11434";

    /// <summary>Key of a remote server or of ollama.com; <c>env:NAME</c> reads an environment variable.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Context size in tokens of every model that sets none itself. Null: <c>OLLAMA_CONTEXT_LENGTH</c>, else 32768.</summary>
    public int? NumCtx { get; set; }

    /// <summary>How long a model stays loaded after a request: seconds, or a Go duration like <c>30m</c>; negative for ever. Null: the server's own setting.</summary>
    public string? KeepAlive { get; set; }

    /// <summary>Settings of single models, by name.</summary>
    public Dictionary<string, OllamaModelSettings> Models { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the section; the defaults when there is none.</summary>
    /// <exception cref="ConfigException">A setting is unknown or of the wrong type.</exception>
    public static OllamaSettings Read(string name, JsonElement section)
    {
        try
        {
            var settings = section.ValueKind == JsonValueKind.Undefined ? new OllamaSettings() : section.Deserialize(OllamaSettingsJson.Default.OllamaSettings) ?? new OllamaSettings();
            settings.Models = new Dictionary<string, OllamaModelSettings>(settings.Models, StringComparer.OrdinalIgnoreCase);
            return settings;
        }
        catch (JsonException wrong)
        {
            throw new ConfigException($"providers.{name}: {ConfigFile.Describe(wrong)}");
        }
    }

    /// <summary>The context size of a model that neither the configuration nor its Modelfile sets.</summary>
    public int DefaultContext()
    {
        if (NumCtx is { } configured) return configured;
        return int.TryParse(Environment.GetEnvironmentVariable("OLLAMA_CONTEXT_LENGTH"), out var length) && length > 0 ? length : DefaultContextTokens;
    }

    /// <summary>The server's base address. Accepts what Ollama's own <c>OLLAMA_HOST</c> accepts: <c>host</c>, <c>host:port</c>, <c>:port</c>, or a whole URL.</summary>
    /// <exception cref="ConfigException">It is no address.</exception>
    public Uri BaseAddress()
    {
        const string defaultPort = ":11434";
        var text = Url.Trim().TrimEnd('/');
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            if (text.StartsWith(':')) text = "localhost" + text;
            var hasPort = text.LastIndexOf(':') > text.LastIndexOf(']') && text.Contains(':');
            text = "http://" + text + (hasPort ? "" : defaultPort);
        }

        // Where a server listens on all addresses, a client connects to this machine.
        text = text.Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal);
        return Uri.TryCreate(text + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new ConfigException($"Ollama's address '{Url}' is not a URL; write for example http://localhost:11434");
    }
}

/// <summary>Settings of one model.</summary>
internal sealed class OllamaModelSettings
{
    /// <summary>Context size in tokens, sent with every request for the model.</summary>
    public int? NumCtx { get; set; }

    /// <summary>How long the model stays loaded.</summary>
    public string? KeepAlive { get; set; }

    /// <summary>Further Ollama options (<c>min_p</c>, <c>repeat_penalty</c>, <c>num_gpu</c>, ...), sent as they are.</summary>
    public JsonElement Options { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(OllamaSettings))]
internal sealed partial class OllamaSettingsJson : JsonSerializerContext;
