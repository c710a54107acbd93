using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Overrides;

namespace Dragoman.Providers.Ollama;

/// <summary>The provider's section of the configuration.</summary>
internal sealed class OllamaSettings : ProviderSettings<OllamaModelSettings>
{
    // Ollama's own default of 4096 on most machines cuts an agent's prompt in silence; 32768 holds Claude Code's system prompt and tools (about 20,000 tokens) and some work.
    private const int DefaultContextTokens = 32_768;

    private const string LatestTag = ":latest";

    // Ollama's own setting and default (envconfig): slots of each model's runner. The server may have been started with another environment; then "concurrency" says it.
    private static readonly int ParallelSlots = int.TryParse(Environment.GetEnvironmentVariable("OLLAMA_NUM_PARALLEL"), out var slots) && slots > 0 ? slots : 1;

    /// <summary>The server's address.</summary>
    public string Url { get; set; } = "http://localhost:11434";

    /// <summary>Key of a remote server or of ollama.com, or several; <c>env:NAME</c> reads an environment variable.</summary>
    [JsonConverter(typeof(KeysConverter))]
    public IReadOnlyList<string>? ApiKey { get; set; }

    /// <summary>Context size in tokens of every model that sets none itself. Null: <c>OLLAMA_CONTEXT_LENGTH</c>, else 32768.</summary>
    public int? NumCtx { get; set; }

    /// <summary>How long a model stays loaded after a request: seconds, or a Go duration like <c>30m</c>; negative for ever. Null: the server's own setting.</summary>
    public JsonElement? KeepAlive { get; set; }

    /// <summary>A request for a model that isn't there downloads it, which may be tens of gigabytes; the client waits.</summary>
    public bool AutoPull { get; set; }

    /// <summary>Reads the section; the defaults when there is none.</summary>
    /// <exception cref="ConfigException">A setting is unknown or of the wrong type.</exception>
    public static OllamaSettings Read(string name, JsonElement section)
    {
        try
        {
            var settings = section.ValueKind == JsonValueKind.Undefined ? new OllamaSettings() : section.Deserialize(OllamaSettingsJson.Default.OllamaSettings) ?? new OllamaSettings();
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
        CheckAll($"providers.{name}");
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

    /// <summary>The keys; none when none is needed. ollama.com speaks the same API as a server at home, with the user's own key.</summary>
    /// <exception cref="ConfigException">A named environment variable isn't set, or a key can't be one.</exception>
    public IReadOnlyList<string> Keys(string name, Uri address)
    {
        var keys = KeyRing.Resolve($"providers.{name}.apiKey", ApiKey);
        if (keys.Count > 0 || !UpstreamHost.IsWithin(address, "ollama.com")) return keys;
        return Environment.GetEnvironmentVariable("OLLAMA_API_KEY")?.Trim() is { Length: > 0 } key ? [key] : [];
    }

    /// <summary><c>name</c> and <c>name:latest</c> are one model.</summary>
    protected override IEnumerable<string> NamesOf(string model)
    {
        var tagged = model.LastIndexOf(':') > model.LastIndexOf('/');
        if (model.EndsWith(LatestTag, StringComparison.OrdinalIgnoreCase)) return [model, model[..^LatestTag.Length]];
        return tagged ? [model] : [model, model + LatestTag];
    }

    /// <summary>
    /// How much of a model the server takes at once. Where nothing is set and it runs here, it is as many as it has slots for: a further request would wait in
    /// it all the same, but unseen, and may take the slot whose cache holds the main conversation.
    /// </summary>
    public LaneLimit? LaneOf(Target target, Uri address)
    {
        var ofModel = Of(target.Model)?.Concurrency;
        // One model, whatever it is called: the lane must be one.
        var name = target.Model.ToLowerInvariant();
        var model = target with { Model = name.EndsWith(LatestTag, StringComparison.Ordinal) ? name[..^LatestTag.Length] : name };
        // Cloud models run elsewhere, also when they are asked through the server here.
        var isLocal = address.IsLoopback && !OllamaModel.IsCloudName(target.Model);
        if (ofModel is null && Concurrency is null && isLocal) ofModel = ParallelSlots;
        return LaneLimit.Configured(model, ofModel, Concurrency, Queue);
    }

    /// <summary>The server's base address. Accepts what Ollama's own <c>OLLAMA_HOST</c> accepts: <c>host</c>, <c>host:port</c>, <c>:port</c>, or a whole URL.</summary>
    /// <exception cref="ConfigException">It is no address.</exception>
    public Uri BaseAddress()
    {
        const int defaultPort = 11434;
        // Ollama takes blanks and quotation marks away (envconfig.Var): they come from files that aren't read by a shell.
        var text = Url.Trim().Trim('"', '\'');
        // An IPv6 address may stand without brackets, where it has no port.
        if (!text.StartsWith('[') && IPAddress.TryParse(text, out var bare) && bare.AddressFamily == AddressFamily.InterNetworkV6) text = $"[{bare}]";
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
internal sealed class OllamaModelSettings : TargetSettings
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
