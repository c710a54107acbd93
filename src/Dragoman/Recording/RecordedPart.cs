namespace Dragoman.Recording;

/// <summary>Bytes of one direction of an exchange, kept as they pass, up to a limit.</summary>
internal sealed class RecordedPart
{
    // As much as the largest request that is accepted; an answer of this size is a runaway, whose beginning tells enough.
    private const int MaxBytes = 32 << 20;

    private readonly Lock _lock = new();
    private readonly MemoryStream _bytes = new();

    /// <summary>How many bytes passed, kept or not.</summary>
    public long Passed { get; private set; }

    /// <summary>Not all that passed was kept.</summary>
    public bool IsCut => Passed > MaxBytes;

    /// <summary>When the first byte passed, by <see cref="TimeProvider.GetTimestamp"/>; 0 before that.</summary>
    public long FirstAt { get; private set; }

    /// <summary>When the last bytes passed.</summary>
    public long LastAt { get; private set; }

    /// <summary>Takes bytes that pass.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="now">The time, by <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Add(ReadOnlySpan<byte> bytes, long now)
    {
        if (bytes.IsEmpty) return;
        lock (_lock)
        {
            if (Passed == 0) FirstAt = now;
            LastAt = now;
            Passed += bytes.Length;
            var room = MaxBytes - (int)_bytes.Length;
            _bytes.Write(bytes.Length > room ? bytes[..room] : bytes);
        }
    }

    /// <summary>What was kept.</summary>
    public byte[] ToArray()
    {
        lock (_lock) return _bytes.ToArray();
    }
}
