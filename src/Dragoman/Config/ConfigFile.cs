using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dragoman;

/// <summary>Reads <c>dragoman.json</c>: JSON in which comments and trailing commas are allowed.</summary>
public static class ConfigFile
{
    /// <summary>Reads the options from a file.</summary>
    /// <exception cref="ConfigException">The file is missing or not valid; the message says where.</exception>
    public static DragomanOptions Load(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, ConfigJson.Default.DragomanOptions) ?? new DragomanOptions();
        }
        catch (JsonException wrong)
        {
            var line = wrong.LineNumber is { } number ? $" (line {number + 1})" : "";
            throw new ConfigException($"{path}{line}: {Describe(wrong)}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path}: {unreadable.Message}");
        }
    }

    /// <summary>What is wrong with a configuration, in words for the person who wrote it.</summary>
    internal static string Describe(JsonException wrong)
    {
        // "The JSON property 'prot' could not be mapped to any .NET member contained in type …"
        const string unmapped = "could not be mapped to any .NET member";
        if (wrong.Message.Contains(unmapped, StringComparison.Ordinal) && wrong.Message.Split('\'') is [_, { } name, ..]) return $"there is no setting '{name}' (docs/configuration.md lists all)";
        return wrong.Message.Split(" Path:")[0];
    }

    /// <summary>Reads a model map given as a JSON object.</summary>
    /// <exception cref="ConfigException">It is not an object.</exception>
    public static IReadOnlyDictionary<string, JsonElement> ParseModelMap(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ConfigJson.Default.DictionaryStringJsonElement) ?? [];
        }
        catch (JsonException wrong)
        {
            throw new ConfigException($"--model-map: expected claude=ollama or a JSON object, got '{json}': {wrong.Message}");
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UseStringEnumConverter = true,
    // A misspelt setting must not be ignored silently.
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DragomanOptions))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class ConfigJson : JsonSerializerContext;
