using System.Text;

namespace Dragoman.Replies.Grammar;

/// <summary>One server-sent event as it stood on the wire.</summary>
/// <param name="Event">The <c>event:</c> line; null when there is none.</param>
/// <param name="Data">The <c>data:</c> lines; null when there is none.</param>
/// <param name="OtherField">A field that the protocol has no use for (<c>id</c>, <c>retry</c>, nonsense).</param>
internal sealed record SseFrame(string? Event, string? Data, string? OtherField);

/// <summary>
/// Cuts a stream into its events by the rules of server-sent events, however its bytes are split. For looking at a stream, not for passing one on: it copies.
/// </summary>
internal sealed class SseFrameParser
{
    private readonly MemoryStream _line = new();
    private string? _event;
    private StringBuilder? _data;
    private string? _other;
    private bool _afterReturn;

    /// <summary>Bytes are left that no line feed and no blank line has ended: the stream was cut.</summary>
    public bool HasRest => _line.Length > 0 || _event is not null || _data is not null;

    /// <summary>Takes the next bytes and gives the events that they complete. Comments are passed over.</summary>
    public IEnumerable<SseFrame> Add(ReadOnlyMemory<byte> piece)
    {
        for (var i = 0; i < piece.Length; i++)
        {
            var b = piece.Span[i];
            // A line ends with LF, CR LF, or CR alone.
            if (b == (byte)'\n' && _afterReturn)
            {
                _afterReturn = false;
                continue;
            }

            _afterReturn = b == (byte)'\r';
            if (b is not ((byte)'\n' or (byte)'\r')) _line.WriteByte(b);
            else if (TakeLine() is { } frame) yield return frame;
        }
    }

    private SseFrame? TakeLine()
    {
        var line = Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length);
        _line.SetLength(0);
        if (line.Length == 0) return TakeFrame();
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon == 0) return null;
        var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
        if (value.StartsWith(' ')) value = value[1..];
        switch (field)
        {
            case "event":
                _event = value;
                break;
            case "data" when _data is null:
                _data = new StringBuilder(value);
                break;
            case "data":
                _data.Append('\n').Append(value);
                break;
            default:
                _other = field;
                break;
        }

        return null;
    }

    private SseFrame? TakeFrame()
    {
        var frame = _event is null && _data is null && _other is null ? null : new SseFrame(_event, _data?.ToString(), _other);
        (_event, _data, _other) = (null, null, null);
        return frame;
    }
}
