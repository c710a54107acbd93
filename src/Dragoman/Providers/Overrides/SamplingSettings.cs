using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dragoman.Providers.Overrides;

/// <summary>How a model samples: for each parameter a number that counts whatever the client says, or <c>"drop"</c>, so that the upstream's own counts.</summary>
internal sealed class SamplingSettings
{
    /// <summary><c>temperature</c>, 0 to 2.</summary>
    public SampleSetting? Temperature { get; set; }

    /// <summary><c>top_p</c>, 0 to 1.</summary>
    public SampleSetting? TopP { get; set; }

    /// <summary><c>top_k</c>, a whole number.</summary>
    public SampleSetting? TopK { get; set; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ConfigException">A number is out of its range.</exception>
    public void Check(string path)
    {
        const int hottest = 2;
        if (Temperature?.Value is < 0 or > hottest) throw new ConfigException($"{path}.temperature: expected a number from 0 to {hottest}, or \"drop\"");
        if (TopP?.Value is < 0 or > 1) throw new ConfigException($"{path}.topP: expected a number from 0 to 1, or \"drop\"");
        if (TopK?.Value is { } topK && (topK is < 0 or > int.MaxValue || double.Truncate(topK) < topK)) throw new ConfigException($"{path}.topK: expected a whole number, 0 or more, or \"drop\"");
    }
}

/// <summary>What the configuration says of one parameter.</summary>
/// <param name="Value">The number that counts; null: the parameter is dropped.</param>
[JsonConverter(typeof(SampleSettingConverter))]
internal readonly record struct SampleSetting(double? Value);

/// <summary>A parameter as the configuration writes it: a number, or <c>"drop"</c>.</summary>
internal sealed class SampleSettingConverter : JsonConverter<SampleSetting>
{
    private const string Drop = "drop";

    /// <inheritdoc/>
    public override SampleSetting Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return new SampleSetting(reader.GetDouble());
        if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(Drop)) return new SampleSetting(Value: null);
        throw new JsonException($"sampling: expected a number or \"{Drop}\"");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, SampleSetting value, JsonSerializerOptions options)
    {
        if (value.Value is { } number) writer.WriteNumberValue(number);
        else writer.WriteStringValue(Drop);
    }
}
