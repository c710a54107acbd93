namespace Dragoman.Messages;

/// <summary>
/// The tool lists of the last requests. An agent sends the same tools in every turn, most of a request's bytes; found again byte for byte they need no second
/// parse, and what other rooms derive of a <see cref="Tool"/> (its translation, its size in tokens) can be kept by the tool's identity.
/// </summary>
internal static class KnownTools
{
    // A few agents, their sub-agents, and the changes that tool search makes to a list; and no more memory than a few large requests.
    private const int MaxLists = 64, MaxTotalBytes = 8 << 20;

    // Longer ones would push out all others.
    private const int MaxBytes = 1 << 20;

    private static volatile Entry[] _entries = [];

    /// <summary>Reads the value of the property <c>tools</c>; the cursor stands on its name.</summary>
    /// <exception cref="InvalidRequestException">A tool is wrong.</exception>
    public static IReadOnlyList<Tool> Read(ref JsonCursor cursor)
    {
        if (Find(cursor.AheadOfValue()) is { } known)
        {
            cursor.Jump(known.Raw.Length);
            cursor.Ignored.AddRange(known.Ignored);
            return known.Tools;
        }

        if (!cursor.Value()) return [];
        cursor.ExpectArray();
        var start = cursor;
        var length = start.Raw().Length;
        if (length > MaxBytes) return ToolParser.ReadTools(ref cursor);
        // The request's buffer is used again when the request is over.
        var entry = Keep(cursor.Raw().ToArray(), cursor.Path);
        cursor.Ignored.AddRange(entry.Ignored);
        return entry.Tools;
    }

    private static Entry? Find(ReadOnlySpan<byte> json)
    {
        foreach (var entry in _entries)
        {
            // A whole array is no prefix of another one.
            if (json.StartsWith(entry.Raw)) return entry;
        }

        return null;
    }

    // The oldest one goes. Two requests that do this at once do no harm: one entry is lost.
    private static Entry Keep(byte[] raw, FieldPath path)
    {
        var cursor = new JsonCursor(raw, path);
        cursor.Read();
        var tools = ToolParser.ReadTools(ref cursor);
        var entry = new Entry(raw, tools, cursor.Ignored);
        var total = raw.Length;
        _entries = [entry, .. _entries.Take(MaxLists - 1).TakeWhile(older => (total += older.Raw.Length) <= MaxTotalBytes)];
        return entry;
    }

    /// <summary>One list as it stood in a request.</summary>
    /// <param name="Raw">The JSON array, a copy.</param>
    /// <param name="Tools">What was read; views into <paramref name="Raw"/>.</param>
    /// <param name="Ignored">Paths of what was passed over.</param>
    private sealed record Entry(byte[] Raw, IReadOnlyList<Tool> Tools, IReadOnlyList<string> Ignored);
}
