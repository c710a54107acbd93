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
    public JsonElement? KeepAlive { get; set; }

    /// <summary>A request for a model that isn't there downloads it, which may be tens of gigabytes; the client waits.</summary>
    public bool AutoPull { get; set; }

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
            settings.Check(name);
            return settings;
        }
        catch (JsonException wrong)
        {
            throw new ConfigException($"providers.{name}: {ConfigFile.Describe(wrong)}");
        }
    }

    private void Check(string name)
    {
        Ollama.KeepAlive.Check($"providers.{name}.keepAlive", KeepAlive);
        CheckContext($"providers.{name}.numCtx", NumCtx);
        foreach (var (model, own) in Models)
        {
            Ollama.KeepAlive.Check($"providers.{name}.models.{model}.keepAlive", own.KeepAlive);
            if (own.Options.ValueKind == JsonValueKind.Object && own.Options.TryGetProperty(OllamaModelSettings.ContextOption, out var option))
            {
                own.NumCtx ??= option.ValueKind == JsonValueKind.Number && option.TryGetInt32(out var tokens) ? tokens : 0;
            }

            CheckContext($"providers.{name}.models.{model}.numCtx", own.NumCtx);
        }
    }

    private static void CheckContext(string field, int? tokens)
    {
        // llama.cpp's own smallest context.
        const int least = 4;
        if (tokens < least) throw new ConfigException($"{field}: expected a number of tokens, {least} or more");
    }

    /// <summary>The context size of a model that neither the configuration nor its Modelfile sets.</summary>
    public int DefaultContext()
    {
        if (NumCtx is { } configured) return configured;
        return int.TryParse(Environment.GetEnvironmentVariable("OLLAMA_CONTEXT_LENGTH"), out var length) && length > 0 ? length : DefaultContextTokens;
    }

    /// <summary>The settings of a model; <c>name</c> and <c>name:latest</c> are one model.</summary>
    public OllamaModelSettings? Of(string model)
    {
        const string latest = ":latest";
        var tagged = model.LastIndexOf(':') > model.LastIndexOf('/');
        var other = model.EndsWith(latest, StringComparison.OrdinalIgnoreCase) ? model[..^latest.Length] : tagged ? model : model + latest;
        return Models.TryGetValue(model, out var own) || Models.TryGetValue(other, out own) ? own : null;
    }

    /// <summary>The server's base address. Accepts what Ollama's own <c>OLLAMA_HOST</c> accepts: <c>host</c>, <c>host:port</c>, <c>:port</c>, or a whole URL.</summary>
    /// <exception cref="ConfigException">It is no address.</exception>
    public Uri BaseAddress()
    {
        const int defaultPort = 11434;
        var text = Url.Trim();
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            var slash = text.IndexOf('/', StringComparison.Ordinal);
            var (host, path) = slash < 0 ? (text, "") : (text[..slash], text[slash..]);
            if (host.StartsWith(':')) host = "localhost" + host;
            var hasPort = host.LastIndexOf(':') > host.LastIndexOf(']');
            // A lone colon is a port left out.
            text = $"http://{(hasPort ? host.TrimEnd(':') : host)}{(hasPort && !host.EndsWith(':') ? "" : $":{defaultPort}")}{path}";
        }

        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
        {
            throw new ConfigException($"Ollama's address '{Url}' is not a URL; write for example http://localhost:11434");
        }

        // Where a server listens on all addresses, a client connects to this machine.
        return address.Host switch
        {
            "0.0.0.0" => new UriBuilder(address) { Host = "127.0.0.1" }.Uri,
            "[::]" => new UriBuilder(address) { Host = "[::1]" }.Uri,
            _ => address,
        };
    }
}

/// <summary>Settings of one model.</summary>
internal sealed class OllamaModelSettings
{
    /// <summary>Ollama's own name for the context size, which users also write among the options.</summary>
    public const string ContextOption = "num_ctx";

    /// <summary>Context size in tokens, sent with every request for the model.</summary>
    public int? NumCtx { get; set; }

    /// <summary>How long the model stays loaded.</summary>
    public JsonElement? KeepAlive { get; set; }

    /// <summary>Further Ollama options (<c>min_p</c>, <c>repeat_penalty</c>, <c>num_gpu</c>, ...), sent as they are.</summary>
    public JsonElement Options { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(OllamaSettings))]
internal sealed partial class OllamaSettingsJson : JsonSerializerContext;
