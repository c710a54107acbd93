namespace Dragoman.Messages;

/// <summary>What a request says outside its body, as far as an upstream that speaks the same language is to hear of it.</summary>
internal sealed class ClientHead
{
    /// <summary>Nothing.</summary>
    public static ClientHead None { get; } = new();

    /// <summary>Headers that mean something to the upstream: version, betas, who the client is.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The client's own credentials, <c>x-api-key</c> and <c>authorization</c>: theirs alone, unless the configuration says that they go upstream.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Credentials { get; init; } = [];

    /// <summary>The query with its question mark; Claude Code's is <c>?beta=true</c>.</summary>
    public string Query { get; init; } = "";

    /// <summary>The value of one of <see cref="Headers"/>; null when it isn't there.</summary>
    public string? Header(string name)
    {
        foreach (var (known, value) in Headers)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase)) return value;
        }

        return null;
    }
}
