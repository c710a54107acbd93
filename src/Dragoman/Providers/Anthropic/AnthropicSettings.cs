using System.Text.Json;
using System.Text.Json.Serialization;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Overrides;

namespace Dragoman.Providers.Anthropic;

/// <summary>The provider's section of the configuration.</summary>
internal sealed class AnthropicSettings : ProviderSettings<AnthropicModelSettings>
{
    /// <summary>The API's base address, without <c>/v1</c>.</summary>
    public string Url { get; set; } = "https://api.anthropic.com";

    /// <summary>Sent as <c>x-api-key</c>, one or several; <c>env:NAME</c> reads an environment variable.</summary>
    [JsonConverter(typeof(KeysConverter))]
    public IReadOnlyList<string>? ApiKey { get; set; }

    /// <summary>Sent as <c>Authorization: Bearer</c>, for upstreams that want it so, one or several; <c>env:NAME</c> reads an environment variable.</summary>
    [JsonConverter(typeof(KeysConverter))]
    public IReadOnlyList<string>? AuthToken { get; set; }

    /// <summary>The key that the client shows goes upstream, in the header in which it came; the others are for clients that show none.</summary>
    public bool ForwardClientKey { get; set; }

    /// <summary>Reads the section; the defaults when there is none.</summary>
    /// <exception cref="ConfigException">A setting is unknown or wrong.</exception>
    public static AnthropicSettings Read(ProviderContext context)
    {
        try
        {
            var section = context.Settings;
            var settings = section.ValueKind == JsonValueKind.Undefined ? new AnthropicSettings() : section.Deserialize(AnthropicSettingsJson.Default.AnthropicSettings) ?? new AnthropicSettings();
            settings.Check(context);
            return settings;
        }
        catch (JsonException wrong)
        {
            throw new ConfigException($"providers.{context.Name}: {ConfigFile.Describe(wrong)}");
        }
    }

    /// <summary>The base address, with its last slash.</summary>
    /// <exception cref="ConfigException">It is no address.</exception>
    public Uri BaseAddress()
    {
        var text = Url.Trim().TrimEnd('/');
        // As OpenAI's clients want it, and as the documentation of some servers writes it.
        foreach (var tail in (ReadOnlySpan<string>)["/messages", "/v1"])
        {
            if (text.EndsWith(tail, StringComparison.OrdinalIgnoreCase)) text = text[..^tail.Length];
        }

        if (Uri.TryCreate(text + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        throw new ConfigException($"The address '{Url}' is not a URL; write for example https://api.anthropic.com");
    }

    private void Check(ProviderContext context)
    {
        var address = BaseAddress();
        CheckAll($"providers.{context.Name}");
        if (AuthToken?.Count > 1 && ApiKey is not null)
        {
            throw new ConfigException($"providers.{context.Name}.authToken: beside apiKey there can be one only, which goes along with every key.");
        }

        if (ForwardClientKey && context.Options.Key is not null)
        {
            throw new ConfigException($"providers.{context.Name}.forwardClientKey: clients show this gateway's own `key`, which must not go upstream. Remove one of the two.");
        }

        if (ApiKey is null && AuthToken is null && !ForwardClientKey && AnthropicHost.IsAnthropic(address))
        {
            throw new ConfigException($"providers.{context.Name}: {address.Host} wants a key. Set apiKey (for example env:ANTHROPIC_API_KEY), authToken or forwardClientKey.");
        }
    }
}

/// <summary>Settings of one model.</summary>
internal sealed class AnthropicModelSettings : TargetSettings;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(AnthropicSettings))]
internal sealed partial class AnthropicSettingsJson : JsonSerializerContext;
