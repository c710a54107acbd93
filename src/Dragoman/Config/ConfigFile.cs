using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dragoman;

/// <summary>Reads <c>dragoman.json</c>: JSON in which comments and trailing commas are allowed.</summary>
public static class ConfigFile
{
    // A large configuration has some kilobytes; another file than a configuration is not read to its end.
    private const int MaxBytes = 4 << 20;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the options from a file.</summary>
    /// <exception cref="ConfigException">The file is missing or not valid; the message says all that is wrong, and where.</exception>
    public static DragomanOptions Load(string path)
    {
        var options = Read(path);
        options.Problems.ThrowIfAny();
        return options;
    }

    /// <summary>
    /// Reads the options from a file. What is wrong with it is among <see cref="DragomanOptions.Problems"/>, and the rest is read all the same, so that what is
    /// wrong elsewhere can be said together with it.
    /// </summary>
    internal static DragomanOptions Read(string path)
    {
        var problems = new ConfigProblems();
        var options = Read(path, problems) ?? new DragomanOptions();
        options.Problems = problems;
        if (problems.Source is { } source) options.Notices = [.. SecretSettings.Literal(options, source)];
        SecretSettings.Locate(options, Path.GetDirectoryName(Path.GetFullPath(path))!);
        return options;
    }

    private static DragomanOptions? Read(string path, ConfigProblems problems)
    {
        try
        {
            if (Directory.Exists(path)) throw new IOException("it is a folder; name the file in it");
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes }) throw new IOException($"it has more than {MaxBytes >> 20} MB, which no configuration has");
            ReadOnlyMemory<byte> bytes = File.ReadAllBytes(path);
            if (bytes.Span.StartsWith(ByteOrderMark)) bytes = bytes[ByteOrderMark.Length..];
            // What PowerShell 5 writes with `>`.
            if (bytes.Span is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) throw new IOException("it is written in UTF-16; save it as UTF-8");
            if (bytes.Span.Trim(" \t\r\n"u8).IsEmpty) throw new IOException("it is empty; a configuration is at least {}");
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            problems.Source = new ConfigSource(path, bytes.Span);
            ConfigSchema.Check(document.RootElement, problems);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            return Sound(document.RootElement, problems).Deserialize(ConfigJson.Default.DragomanOptions);
        }
        catch (JsonException wrong)
        {
            var line = wrong.LineNumber is { } number ? $" (line {number + 1})" : "";
            problems.AddOutside($"{path}{line}: {Describe(wrong)}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.AddOutside($"{path}: {unreadable.Message}");
        }

        return null;
    }

    // Without what is wrong. A provider's section stays, so that models may name the provider without a second complaint; the set of providers passes it over.
    private static JsonElement Sound(JsonElement file, ConfigProblems problems)
    {
        var sections = file.TryGetProperty("providers", out var providers) && providers.ValueKind == JsonValueKind.Object
            ? providers.EnumerateObject().Select(section => $"providers.{section.Name}").ToHashSet(StringComparer.Ordinal)
            : [];
        return JsonCopy.Of(file, "", keep: at => sections.Contains(at) || !problems.Name(at));
    }

    /// <summary>What is wrong with a configuration, in words for the person who wrote it.</summary>
    internal static string Describe(JsonException wrong)
    {
        // "The JSON property 'prot' could not be mapped to any .NET member contained in type …"
        const string unmapped = "could not be mapped to any .NET member";
        if (wrong.Message.Contains(unmapped, StringComparison.Ordinal) && wrong.Message.Split('\'') is [_, { } name, ..]) return $"there is no setting '{name}' (docs/configuration.md lists all)";
        return wrong.Message.Split(" Path:")[0].Split(" LineNumber:")[0];
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
