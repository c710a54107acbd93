namespace Dragoman.Providers.Gemini;

/// <summary>
/// Thought signatures by the id of the call that they came with: the second line, for clients that don't give thinking blocks back. The first is what the
/// client echoes, which survives a restart. The least recently used go first.
/// </summary>
internal sealed class SignatureStore
{
    // Calls of some hundred sessions.
    private const int MaxEntries = 10_000;

    // Signatures are some hundred bytes to some kilobytes of base64: two bytes a character, so at most 32 MB.
    private const int MaxCharacters = 16 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Model, string Id), LinkedListNode<Entry>> _byCall = [];
    private readonly LinkedList<Entry> _recent = [];
    private readonly int _maxEntries;
    private readonly int _maxCharacters;
    private int _characters;

    /// <summary>An empty store.</summary>
    public SignatureStore(int maxEntries = MaxEntries, int maxCharacters = MaxCharacters) => (_maxEntries, _maxCharacters) = (maxEntries, maxCharacters);

    /// <summary>Keeps a signature. Another model could not read it, so it is kept for the one that made it.</summary>
    public void Put(string model, string toolUseId, string signature)
    {
        lock (_lock)
        {
            if (_byCall.Remove((model, toolUseId), out var known)) Drop(known);
            if (signature.Length > _maxCharacters) return;
            _byCall[(model, toolUseId)] = _recent.AddFirst(new Entry((model, toolUseId), signature));
            _characters += signature.Length;
            while (_recent.Count > _maxEntries || _characters > _maxCharacters)
            {
                _byCall.Remove(_recent.Last!.Value.Call);
                Drop(_recent.Last);
            }
        }
    }

    /// <summary>The signature of a call; null when it isn't known (any more).</summary>
    public string? Find(string model, string toolUseId)
    {
        lock (_lock)
        {
            if (!_byCall.TryGetValue((model, toolUseId), out var known)) return null;
            _recent.Remove(known);
            _recent.AddFirst(known);
            return known.Value.Signature;
        }
    }

    private void Drop(LinkedListNode<Entry> entry)
    {
        _recent.Remove(entry);
        _characters -= entry.Value.Signature.Length;
    }

    private sealed record Entry((string Model, string Id) Call, string Signature);
}
