using System.Text.Json;

namespace Dragoman.Providers.Ollama;

/// <summary>What a version of Ollama can't do of what the gateway asks of it.</summary>
internal static class OllamaVersion
{
    // The release that brought each, oldest first (ollama/ollama: the first tag that holds the change of api/types.go or server/routes.go).
    private static readonly (Version Since, string Without)[] Features =
    [
        (new Version(0, 5, 0), "answers can't be held to a JSON schema"),
        (new Version(0, 6, 4), "it doesn't say what its models can do, so that is guessed"),
        (new Version(0, 8, 0), "an answer comes in one piece when tools are offered"),
        (new Version(0, 9, 0), "models can't be told whether to think"),
        (new Version(0, 10, 0), "it doesn't say with what context a model is loaded"),
        (new Version(0, 12, 6), "a conversation that is too long is cut in silence"),
        (new Version(0, 12, 10), "models don't see which call a result belongs to"),
        (new Version(0, 14, 0), "arguments of calls change their order, so that the conversation is read anew in every turn"),
    ];

    /// <summary>Reads an answer of <c>/api/version</c>; null when it is no release: a build of somebody's own says 0.0.0.</summary>
    public static ServerVersion? Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("version", out var said) || said.ValueKind != JsonValueKind.String || said.GetString() is not { } number) return null;
        // "0.33.0-rc1", "0.12.6+cuda": a candidate has what the release has.
        var end = number.IndexOfAny(['-', '+']);
        if (!Version.TryParse(end < 0 ? number : number[..end], out var version) || version <= new Version(0, 0, 0)) return null;
        return new ServerVersion(number, [.. Features.Where(feature => version < feature.Since).Select(feature => feature.Without)], $"update Ollama to {Features[^1].Since} or later (https://ollama.com/download) and start it anew");
    }
}
