using System.Collections.Concurrent;
using System.Text;

namespace Dragoman.Tools;

/// <summary>Rewritten schemas. An agent sends the same ones with every request, so each is rewritten once.</summary>
internal sealed class SchemaCache(Func<ReadOnlyMemory<byte>, RewrittenSchema> rewrite)
{
    // A few agents with a few hundred tools each; beyond that the cache starts anew.
    private const int MaxSchemas = 2000;

    private readonly ConcurrentDictionary<string, RewrittenSchema> _rewritten = new(StringComparer.Ordinal);

    /// <summary>The rewritten schema.</summary>
    public RewrittenSchema Rewrite(ReadOnlyMemory<byte> schema)
    {
        var key = Encoding.UTF8.GetString(schema.Span);
        if (_rewritten.TryGetValue(key, out var known)) return known;
        if (_rewritten.Count >= MaxSchemas) _rewritten.Clear();
        // The schema is a view into a request's buffer, the cache outlives it.
        return _rewritten[key] = rewrite(Encoding.UTF8.GetBytes(key));
    }
}
