namespace Dragoman.Providers.Gemini;

/// <summary>
/// Which models Google has, and which of them stand for Claude's: Vertex AI has no simple list. With <see cref="Request.GeminiModelTraits"/>, which knows what
/// the families can do, the place to edit when models come and go.
/// </summary>
internal static class GeminiModelTable
{
    /// <summary>The models that Vertex AI has, the best first.</summary>
    public static IReadOnlyList<string> Models { get; } =
    [
        "gemini-4-argon",
        "gemini-3.1-pro-preview",
        "gemini-3-pro-preview",
        "gemini-3.8-flash",
        "gemini-3-flash-preview",
        "gemini-3.1-flash-lite-preview",
        "gemini-2.5-pro",
        "gemini-2.5-flash",
        "gemini-2.5-flash-lite",
    ];

    /// <summary>
    /// For each of Anthropic's tiers the models that stand for it when the user maps nothing, in order of preference: the first that the API lists is taken,
    /// or the first of all where it doesn't list.
    /// </summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Tiers { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase)
    {
        ["opus"] = ["gemini-3.1-pro-preview", "gemini-3-pro-preview", "gemini-2.5-pro", "gemini-3.8-flash"],
        ["sonnet"] = ["gemini-3.8-flash", "gemini-3-flash-preview", "gemini-3.1-pro-preview", "gemini-2.5-pro", "gemini-2.5-flash"],
        ["haiku"] = ["gemini-3.1-flash-lite-preview", "gemini-2.5-flash-lite", "gemini-3.8-flash", "gemini-2.5-flash"],
    };
}
