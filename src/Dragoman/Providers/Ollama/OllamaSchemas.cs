using System.Collections.Concurrent;
using System.Text;
using Dragoman.Tools;

namespace Dragoman.Providers.Ollama;

/// <summary>Tool schemas in the form that Ollama takes. An agent sends the same ones with every request, so each is rewritten once.</summary>
internal static class OllamaSchemas
{
    // A few agents with a few hundred tools each; beyond that the cache starts anew.
    private const int MaxSchemas = 2000;

    private static readonly ConcurrentDictionary<string, RewrittenSchema> Rewritten = new(StringComparer.Ordinal);

    /// <summary>The rewritten schema.</summary>
    public static RewrittenSchema Rewrite(ReadOnlyMemory<byte> schema)
    {
        var key = Encoding.UTF8.GetString(schema.Span);
        if (Rewritten.TryGetValue(key, out var known)) return known;
        if (Rewritten.Count >= MaxSchemas) Rewritten.Clear();
        // The schema is a view into a request's buffer, the cache outlives it.
        return Rewritten[key] = SchemaDialect.Ollama.Rewrite(Encoding.UTF8.GetBytes(key));
    }
}
