namespace Dragoman.Tests.Providers.Ollama;

/// <summary>A body that arrives in pieces of the given sizes; the last size holds for the rest. No sizes: all at once.</summary>
internal sealed class PiecewiseStream(byte[] content, params int[] pieces) : Stream
{
    private int _at;
    private int _piece;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var piece = pieces.Length == 0 ? int.MaxValue : Math.Max(1, pieces[Math.Min(_piece++, pieces.Length - 1)]);
        var length = Math.Min(Math.Min(count, piece), content.Length - _at);
        content.AsSpan(_at, length).CopyTo(buffer.AsSpan(offset));
        _at += length;
        return length;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Really asynchronous, as a socket is.
        await Task.Yield();
        var bytes = new byte[buffer.Length];
        var read = Read(bytes, 0, bytes.Length);
        bytes.AsMemory(0, read).CopyTo(buffer);
        return read;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
