using System.Text.Json;
using Dragoman.Recording;

namespace Dragoman.Cli;

/// <summary>A client's request that is sent again.</summary>
/// <param name="Path">Its path with query.</param>
/// <param name="Headers">The headers that mean something to the gateway.</param>
/// <param name="Body">Its body.</param>
/// <param name="Folder">The recording that it is from; null: a file with the body alone.</param>
internal sealed record ReplayedRequest(string Path, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, string? Folder)
{
    private const string UsualPath = "/v1/messages?beta=true";

    /// <summary>Reads a recorded exchange's folder, or a file with a request's body.</summary>
    /// <exception cref="IOException">It can't be read, or is no recording.</exception>
    /// <exception cref="JsonException">The recording's description is damaged.</exception>
    public static ReplayedRequest Read(string path)
    {
        if (File.Exists(path)) return new ReplayedRequest(UsualPath, [], File.ReadAllBytes(path), Folder: null);
        var description = System.IO.Path.Combine(path, RecordingFolder.Meta);
        if (!File.Exists(description))
        {
            var inside = Directory.Exists(path) ? Directory.EnumerateDirectories(path).Where(folder => File.Exists(System.IO.Path.Combine(folder, RecordingFolder.Meta))).Order(StringComparer.Ordinal).ToList() : [];
            throw new IOException(inside.Count == 0 ? $"{path} is neither a request nor a recording (a folder with {RecordingFolder.Meta})" : $"{path} holds {inside.Count} recordings; name one of them, for example the last, {inside[^1]}");
        }

        var (asked, headers) = ReadDescription(description);
        return new ReplayedRequest(asked, headers, File.ReadAllBytes(System.IO.Path.Combine(path, RecordingFolder.ClientRequest)), path);
    }

    private static (string Path, List<(string Name, string Value)> Headers) ReadDescription(string file)
    {
        try
        {
            using var meta = JsonDocument.Parse(File.ReadAllBytes(file));
            var asked = meta.RootElement.TryGetProperty("path", out var recorded) ? recorded.GetString()! : UsualPath;
            // Behind a host's name anything else would be part of the name.
            if (!asked.StartsWith('/')) throw new JsonException($"path: '{asked}' does not begin with a slash");
            var headers = meta.RootElement.TryGetProperty("requestHeaders", out var all) ? all.EnumerateObject().Where(header => IsMeant(header.Name)).Select(header => (header.Name, header.Value.GetString()!)).ToList() : [];
            return (asked, headers);
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)
        {
            throw new JsonException($"{file} is damaged, or none of Dragoman's: {damaged.Message}", damaged);
        }
    }

    /// <summary>The same request for another model.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public ReplayedRequest To(string model)
    {
        using var document = JsonDocument.Parse(Body);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("the request is no JSON object");
        using var changed = new MemoryStream();
        using (var json = new Utf8JsonWriter(changed))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            foreach (var field in document.RootElement.EnumerateObject().Where(field => field.Name != "model")) field.WriteTo(json);
            json.WriteEndObject();
        }

        return this with { Body = changed.ToArray() };
    }

    // The others belong to the connection, or to somebody's key.
    private static bool IsMeant(string header) =>
        header.StartsWith("anthropic-", StringComparison.OrdinalIgnoreCase) || header.StartsWith("x-claude-code-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("x-stainless-", StringComparison.OrdinalIgnoreCase) || string.Equals(header, "User-Agent", StringComparison.OrdinalIgnoreCase);
}
