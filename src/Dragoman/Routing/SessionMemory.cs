namespace Dragoman.Routing;

/// <summary>What the roles remember of sessions from one request to the next. Bounded: what nobody has asked after for long is forgotten.</summary>
internal sealed class SessionMemory
{
    private readonly Recent<string, string> _mainModels = new();
    private readonly Recent<ulong, bool> _long = new();

    /// <summary>A turn of a session's main conversation.</summary>
    public void SawMainTurn(string session, string model) => _mainModels.Set(session, model);

    /// <summary>The model that a session's main conversation asked for in the last turn seen, so that a sub-agent's own model can be told from an inherited one; null when none was seen.</summary>
    public string? MainModel(string session) => _mainModels.Of(session);

    /// <summary>A conversation (<see cref="Affinity.ConversationOf"/>) was at the models for long contexts, or not.</summary>
    public void SawSize(ulong conversation, bool isLong)
    {
        // What was never long needs no place.
        if (isLong || WasLong(conversation)) _long.Set(conversation, isLong);
    }

    /// <summary>A conversation's last turn went to the models for long contexts.</summary>
    public bool WasLong(ulong conversation) => _long.Of(conversation);

    /// <summary>The values of the keys that were set last: two generations, of which the older one is dropped whole.</summary>
    private sealed class Recent<TKey, TValue>
        where TKey : notnull
    {
        // Sessions that nobody has heard of for so many others are over.
        private const int MaxRecent = 1000;

        private readonly Lock _lock = new();
        private Dictionary<TKey, TValue> _recent = [];
        private Dictionary<TKey, TValue> _older = [];

        public void Set(TKey key, TValue value)
        {
            lock (_lock)
            {
                if (_recent.Count >= MaxRecent && !_recent.ContainsKey(key)) (_older, _recent) = (_recent, []);
                _recent[key] = value;
            }
        }

        public TValue? Of(TKey key)
        {
            lock (_lock) return _recent.TryGetValue(key, out var value) || _older.TryGetValue(key, out value) ? value : default;
        }
    }
}
