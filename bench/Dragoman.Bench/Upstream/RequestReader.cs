using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Dragoman.Bench.Upstream;

/// <summary>Reads requests from a kept connection: the path is returned, the body skipped. Knows <c>Content-Length</c> and chunks.</summary>
internal sealed class RequestReader(Socket socket)
{
    private byte[] _buffer = new byte[16 << 10];
    private int _length;

    /// <summary>The next request's path once its body is read, or null when the client closes.</summary>
    public async ValueTask<string?> NextAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await MoreAsync()) return null;
        }

        var head = Encoding.ASCII.GetString(_buffer, 0, end);
        Drop(end + 4);
        if (head.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase)) await SkipChunksAsync();
        else await SkipAsync(ContentLength(head));
        return head.Split(' ')[1];
    }

    private static int ContentLength(string head)
    {
        const string name = "content-length:";
        var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return 0;
        var value = head.AsSpan(at + name.Length);
        var end = value.IndexOf('\r');
        return int.Parse((end < 0 ? value : value[..end]).Trim(), CultureInfo.InvariantCulture);
    }

    private async ValueTask SkipAsync(int bytes)
    {
        while (true)
        {
            var here = Math.Min(bytes, _length);
            Drop(here);
            bytes -= here;
            if (bytes == 0) return;
            if (!await MoreAsync()) throw new SocketException((int)SocketError.ConnectionReset);
        }
    }

    private async ValueTask SkipChunksAsync()
    {
        while (true)
        {
            int end;
            while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n"u8)) < 0)
            {
                if (!await MoreAsync()) throw new SocketException((int)SocketError.ConnectionReset);
            }

            var size = int.Parse(Encoding.ASCII.GetString(_buffer, 0, end), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            Drop(end + 2);
            await SkipAsync(size + 2);
            if (size == 0) return;
        }
    }

    private async ValueTask<bool> MoreAsync()
    {
        if (_length == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await socket.ReceiveAsync(_buffer.AsMemory(_length));
        _length += read;
        return read > 0;
    }

    private void Drop(int bytes)
    {
        _buffer.AsSpan(bytes, _length - bytes).CopyTo(_buffer);
        _length -= bytes;
    }
}
