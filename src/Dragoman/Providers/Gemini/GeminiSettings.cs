using System.Text.Json;
using System.Text.Json.Serialization;
using Dragoman.Providers.Gemini.Request;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Overrides;

namespace Dragoman.Providers.Gemini;

/// <summary>The provider's section of the configuration.</summary>
internal sealed class GeminiSettings : ProviderSettings<GeminiModelSettings>
{
    /// <summary>API key, or several; <c>env:NAME</c> reads an environment variable. Null: <c>GEMINI_API_KEY</c>, else <c>GOOGLE_API_KEY</c>. Not used with a project.</summary>
    [JsonConverter(typeof(KeysConverter))]
    public IReadOnlyList<string>? ApiKey { get; set; }

    /// <summary>The API's address, for a gateway in between. Null: Google's own.</summary>
    public string? Url { get; set; }

    /// <summary>Which API is spoken. Null: Vertex AI when there is a project; else what the key is for.</summary>
    [JsonConverter(typeof(GeminiFlavourConverter))]
    public GeminiFlavour? Flavour { get; set; }

    /// <summary>Vertex AI: the Google Cloud project. Null: <c>GOOGLE_CLOUD_PROJECT</c>, or the credentials' own, when the flavour is Vertex AI.</summary>
    public string? Project { get; set; }

    /// <summary>Vertex AI: the location. Null: <c>GOOGLE_CLOUD_LOCATION</c>, else <c>global</c>.</summary>
    public string? Location { get; set; }

    /// <summary>Vertex AI: a credentials file, or <c>gcloud</c>, or <c>metadata</c>. Null: what Google's own libraries take, then <c>gcloud</c>.</summary>
    public string? Credentials { get; set; }

    /// <summary>Vertex AI: the project that pays, if it isn't the one of the credentials.</summary>
    public string? QuotaProject { get; set; }

    /// <summary>The threshold of Google's safety filters: <c>OFF</c>, the least that the API allows, <c>BLOCK_NONE</c>, <c>BLOCK_ONLY_HIGH</c>, ...; empty: Google's own.</summary>
    public string Safety { get; set; } = "OFF";

    /// <summary>Vertex AI: pass <c>metadata.user_id</c> on as a label of the request, which shows in the bill.</summary>
    public bool UserLabels { get; set; }

    /// <summary>Reads the section; the defaults when there is none.</summary>
    /// <exception cref="ConfigException">A setting is unknown or of the wrong type.</exception>
    public static GeminiSettings Read(string name, JsonElement section)
    {
        try
        {
            var settings = section.ValueKind == JsonValueKind.Undefined ? new GeminiSettings() : section.Deserialize(GeminiSettingsJson.Default.GeminiSettings) ?? new GeminiSettings();
            settings.CheckAll($"providers.{name}");
            return settings;
        }
        catch (JsonException wrong)
        {
            throw new ConfigException($"providers.{name}: {ConfigFile.Describe(wrong)}");
        }
    }
}

/// <summary>Settings of one model.</summary>
internal sealed class GeminiModelSettings : TargetSettings
{
    /// <summary>The prompt's limit in tokens.</summary>
    public int? InputTokens { get; set; }

    /// <summary>The answer's limit in tokens.</summary>
    public int? OutputTokens { get; set; }
}

/// <summary>Flavours as the configuration writes them: <c>gemini-api</c>, <c>vertex</c>, <c>vertex-express</c>.</summary>
internal sealed class GeminiFlavourConverter() : JsonStringEnumConverter<GeminiFlavour>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(GeminiSettings))]
internal sealed partial class GeminiSettingsJson : JsonSerializerContext;
