namespace Dragoman;

/// <summary>A hash that is the same in every process and on every machine, so that a session finds its target again after a restart.</summary>
internal static class StableHash
{
    /// <summary>The hash of nothing, to go on from.</summary>
    public const ulong Start = 14695981039346656037;

    private const ulong Prime = 1099511628211;

    /// <summary>Goes on with bytes (FNV-1a).</summary>
    public static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) hash = (hash ^ b) * Prime;
        return hash;
    }

    /// <summary>Goes on with a text, by its UTF-16 units.</summary>
    public static ulong Add(ulong hash, string text)
    {
        foreach (var unit in text) hash = (((hash ^ (byte)unit) * Prime) ^ (byte)(unit >> 8)) * Prime;
        return hash;
    }

    /// <summary>Ends: FNV's high bits depend little on the last bytes; this (the end of MurmurHash3) lets all depend on all.</summary>
    public static ulong Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
