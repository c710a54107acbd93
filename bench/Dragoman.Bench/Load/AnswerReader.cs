using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using Dragoman.Bench.Upstream;

namespace Dragoman.Bench.Load;

/// <summary>
/// Follows one answer's bytes as they come: its status, its end, the moment of its first token, and the delay of each token that carries the time at which it
/// was sent. It looks for the tokens' mark and never parses JSON, so that reading costs little of the processor that the gateway needs.
/// </summary>
internal sealed class AnswerReader(Action<long, long>? onStamp)
{
    private const int StampDigits = 16;
    private static readonly byte[] LastChunk = "0\r\n\r\n"u8.ToArray();

    private readonly byte[] _tail = new byte[5];
    private readonly byte[] _stamp = new byte[StampDigits];
    private readonly StringBuilder _head = new();
    private int _tailLength;
    private int _stampLength = -1;
    private long _left;
    private bool _inBody;
    private bool _chunked;

    /// <summary>The status; 0 before the headers are there.</summary>
    public int Status { get; private set; }

    /// <summary>When the first token came, in ticks of <see cref="Stopwatch"/>; 0 before.</summary>
    public long FirstToken { get; private set; }

    /// <summary>Bytes of the answer, headers included.</summary>
    public long Bytes { get; private set; }

    /// <summary>The beginning of the answer, to tell what went wrong.</summary>
    public string Start => _head.ToString();

    /// <summary>Takes bytes that came at <paramref name="now"/>; true when the answer is complete.</summary>
    public bool Take(ReadOnlySpan<byte> bytes, long now)
    {
        const int keptCharacters = 2000;
        Bytes += bytes.Length;
        if (!_inBody || _head.Length < keptCharacters) _head.Append(Encoding.UTF8.GetString(bytes.Length > keptCharacters ? bytes[..keptCharacters] : bytes));
        if (!_inBody)
        {
            var end = bytes.IndexOf("\r\n\r\n"u8);
            // Headers come in one piece on loopback; a gateway that splits them is read all the same, only a little later.
            if (end < 0) return false;
            ReadHead();
            _inBody = true;
            bytes = bytes[(end + 4)..];
        }

        Scan(bytes, now);
        if (!_chunked) return (_left -= bytes.Length) <= 0;
        Keep(bytes);
        return _tailLength == LastChunk.Length && _tail.AsSpan().SequenceEqual(LastChunk);
    }

    private void ReadHead()
    {
        var head = Start;
        head = head[..head.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Status = int.Parse(head.AsSpan("HTTP/1.1 ".Length, 3));
        _chunked = head.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase);
        const string length = "content-length:";
        var at = head.IndexOf(length, StringComparison.OrdinalIgnoreCase);
        if (at >= 0) _left = long.Parse(head[(at + length.Length)..].Split('\r')[0]);
    }

    private void Scan(ReadOnlySpan<byte> bytes, long now)
    {
        while (true)
        {
            if (_stampLength < 0)
            {
                var mark = bytes.IndexOf(CannedAnswers.Mark);
                if (mark < 0) return;
                if (FirstToken == 0) FirstToken = now;
                if (onStamp is null) return;
                bytes = bytes[(mark + 1)..];
                _stampLength = 0;
            }

            while (_stampLength < StampDigits && bytes.Length > 0 && bytes[0] is >= (byte)'0' and <= (byte)'9')
            {
                _stamp[_stampLength++] = bytes[0];
                bytes = bytes[1..];
            }

            if (_stampLength < StampDigits && bytes.Length == 0) return;
            if (_stampLength == StampDigits && Utf8Parser.TryParse(_stamp, out long sent, out _)) onStamp!(sent, now);
            // A stamp that a chunk's border cuts is left out.
            _stampLength = -1;
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= _tail.Length)
        {
            bytes[^_tail.Length..].CopyTo(_tail);
            _tailLength = _tail.Length;
            return;
        }

        var kept = Math.Min(_tailLength, _tail.Length - bytes.Length);
        _tail.AsSpan(_tailLength - kept, kept).CopyTo(_tail);
        bytes.CopyTo(_tail.AsSpan(kept));
        _tailLength = kept + bytes.Length;
    }
}
