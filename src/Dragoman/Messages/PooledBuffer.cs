using System.Buffers;

namespace Dragoman.Messages;

/// <summary>Bytes in an array of the shared pool: bodies of a hundred kilobytes would otherwise be large objects, made and collected for each request.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int MinBytes = 4 << 10;

    private byte[] _array = [];
    private int _length;

    /// <summary>What was written. A view: valid until the next write, <see cref="Clear"/> or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _length);

    /// <summary>How many bytes were written.</summary>
    public int Length => _length;

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_length);
    }

    /// <summary>Forgets what was written and gives the array back; the next write takes a new one.</summary>
    public void Clear()
    {
        if (_array.Length > 0) ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        _length = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private void Reserve(int bytes)
    {
        if (_array.Length - _length >= Math.Max(bytes, 1)) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(_length + bytes, _array.Length * 2), MinBytes));
        _array.AsSpan(0, _length).CopyTo(larger);
        if (_array.Length > 0) ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
