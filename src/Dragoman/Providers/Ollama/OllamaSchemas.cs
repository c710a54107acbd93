using Dragoman.Tools;

namespace Dragoman.Providers.Ollama;

/// <summary>Tool schemas in the form that Ollama takes.</summary>
internal static class OllamaSchemas
{
    private static readonly SchemaCache Cache = new(SchemaDialect.Ollama.Rewrite);

    /// <summary>The rewritten schema.</summary>
    public static RewrittenSchema Rewrite(ReadOnlyMemory<byte> schema) => Cache.Rewrite(schema);
}
