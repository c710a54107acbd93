using System.Text.Json;

namespace Dragoman.Bench.Rows;

/// <summary>A row of the tables as <c>peers.jsonc</c> describes it; placeholders are not filled in yet.</summary>
internal sealed record Peer
{
    private static readonly JsonDocumentOptions Jsonc = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Short name, for <c>--rows</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Name in tables.</summary>
    public required string Name { get; init; }

    /// <summary><c>direct</c>, <c>floor</c>, <c>ours</c>, <c>trial</c> (ours in another form) or <c>peer</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Installs it when <see cref="Installed"/> is missing.</summary>
    public string? Install { get; init; }

    /// <summary>A file that is there once it is installed.</summary>
    public string? Installed { get; init; }

    /// <summary>Starts it; null for a row that needs no process.</summary>
    public string? Start { get; init; }

    /// <summary>Run once its port answers.</summary>
    public string? Configure { get; init; }

    /// <summary>Its port; 0: the upstream's.</summary>
    public int Port { get; init; }

    /// <summary>Where requests go.</summary>
    public required string Path { get; init; }

    /// <summary>The model that requests name.</summary>
    public required string Model { get; init; }

    /// <summary>What a reader should know.</summary>
    public string Note { get; init; } = "";

    /// <summary>Headers of requests.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Environment of its process.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Files that are written before it starts, by path.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>Reads all rows.</summary>
    /// <exception cref="JsonException">The file is no JSON, or a row lacks something.</exception>
    public static IReadOnlyList<Peer> ReadAll(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(file), Jsonc);
        return [.. json.RootElement.GetProperty("peers").EnumerateArray().Select(Read)];
    }

    private static Peer Read(JsonElement row)
    {
        string? Text(string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;
        return new Peer
        {
            Key = Text("key") ?? throw new JsonException("a row without a key"),
            Name = Text("name") ?? throw new JsonException("a row without a name"),
            Kind = Text("kind") ?? "peer",
            Install = Text("install"),
            Installed = Text("installed"),
            Start = Text("start"),
            Configure = Text("configure"),
            Port = row.TryGetProperty("port", out var port) ? port.GetInt32() : 0,
            Path = Text("path") ?? throw new JsonException("a row without a path"),
            Model = Text("model") ?? Upstream.CannedAnswers.Model,
            Note = Text("note") ?? "",
            Headers = Texts(row, "headers"),
            Environment = Texts(row, "environment"),
            Files = Texts(row, "files"),
        };
    }

    private static Dictionary<string, string> Texts(JsonElement row, string name) => !row.TryGetProperty(name, out var entries)
        ? new Dictionary<string, string>(StringComparer.Ordinal)
        : entries.EnumerateObject().ToDictionary(entry => entry.Name, entry => Text(entry.Value), StringComparer.Ordinal);

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join('\n', value.EnumerateArray().Select(line => line.GetString())),
        _ => value.GetRawText(),
    };
}
