using System.Collections.Frozen;

namespace Dragoman.Providers;

/// <summary>The one list of providers: the only place outside their folders that names them. A new provider is a folder and a line here.</summary>
internal static class ProviderList
{
    /// <summary>Makes a provider of each type that the configuration may name.</summary>
    public static FrozenDictionary<string, Func<ProviderContext, IProvider>> Types { get; } = new Dictionary<string, Func<ProviderContext, IProvider>>(StringComparer.Ordinal)
    {
        ["ollama"] = context => new Ollama.OllamaProvider(context),
        ["gemini"] = context => new Gemini.GeminiProvider(context),
        ["anthropic"] = context => new Anthropic.AnthropicProvider(context),
        ["openai"] = context => new OpenAi.OpenAiProvider(context),
        ["demo"] = context => new Demo.DemoProvider(context),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The credentials file that Google's own tools would take; null when there is none.</summary>
    public static string? GoogleCredentialsFile => Gemini.GoogleEnvironment.OfMachine.CredentialsFile;
}
