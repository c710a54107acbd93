namespace Dragoman.Routing;

/// <summary>Which model the main conversation of each session asks for, by the last turn seen; so that a sub-agent's own model can be told from an inherited one.</summary>
internal sealed class SessionModels
{
    // Sessions that nobody has heard of for so many others are over.
    private const int MaxRecent = 1000;

    private readonly Lock _lock = new();
    private Dictionary<string, string> _recent = new(StringComparer.Ordinal);
    private Dictionary<string, string> _older = new(StringComparer.Ordinal);

    /// <summary>A turn of a main conversation.</summary>
    public void Saw(string session, string model)
    {
        lock (_lock)
        {
            if (_recent.Count >= MaxRecent && !_recent.ContainsKey(session)) (_older, _recent) = (_recent, new Dictionary<string, string>(StringComparer.Ordinal));
            _recent[session] = model;
        }
    }

    /// <summary>The model of a session's main conversation; null when none was seen.</summary>
    public string? Of(string session)
    {
        lock (_lock) return _recent.GetValueOrDefault(session) ?? _older.GetValueOrDefault(session);
    }
}
