using System.Buffers;

namespace Dragoman.Providers;

/// <summary>
/// Finds the JSON objects in bytes that arrive in pieces, whatever stands between them: the brackets, commas and white space of an array, or nothing. An
/// object is a view that lives until the next piece is added. What is inside of an object is not checked.
/// </summary>
internal sealed class JsonObjects
{
    // A whole tool call with a file in it, or an image, comes in one object; larger ones are an attack or a defect.
    private const int MaxObjectBytes = 64 << 20;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}"u8);
    private static readonly SearchValues<byte> StringEnd = SearchValues.Create("\"\\"u8);

    private byte[] _bytes = new byte[4096];
    private int _length;
    private int _scanned;
    private int _start = -1;
    private int _depth;
    private bool _inString;
    private bool _escaped;

    /// <summary>An object has begun and not ended.</summary>
    public bool IsInside => _depth > 0;

    /// <summary>Adds bytes. All whole objects of the piece before must have been taken.</summary>
    /// <exception cref="IOException">An object is too large.</exception>
    public void Add(ReadOnlySpan<byte> piece)
    {
        DropTaken();
        if (_length + piece.Length > MaxObjectBytes) throw new IOException($"the upstream sent an object of more than {MaxObjectBytes >> 20} MB");
        if (_bytes.Length < _length + piece.Length) Array.Resize(ref _bytes, Math.Max(_length + piece.Length, _bytes.Length * 2));
        piece.CopyTo(_bytes.AsSpan(_length));
        _length += piece.Length;
    }

    /// <summary>Takes the next whole object.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> found)
    {
        found = default;
        while (_scanned < _length)
        {
            if (_inString) SkipString();
            else if (StepOverStructure())
            {
                found = _bytes.AsMemory(_start, _scanned - _start);
                _start = -1;
                return true;
            }
        }

        return false;
    }

    // What is kept of the piece before is at most the object that has begun.
    private void DropTaken()
    {
        var keep = _start < 0 ? _scanned : _start;
        if (keep == 0) return;
        _bytes.AsSpan(keep, _length - keep).CopyTo(_bytes);
        _length -= keep;
        _scanned -= keep;
        if (_start >= 0) _start = 0;
    }

    private void SkipString()
    {
        // What a backslash escapes may be a quote, and may come with the next piece.
        if (_escaped)
        {
            _escaped = false;
            _scanned++;
            return;
        }

        var at = _bytes.AsSpan(_scanned, _length - _scanned).IndexOfAny(StringEnd);
        if (at < 0)
        {
            _scanned = _length;
            return;
        }

        _scanned += at + 1;
        if (_bytes[_scanned - 1] == (byte)'"') _inString = false;
        else _escaped = true;
    }

    // True: an object has just ended.
    private bool StepOverStructure()
    {
        var at = _bytes.AsSpan(_scanned, _length - _scanned).IndexOfAny(Structure);
        if (at < 0)
        {
            _scanned = _length;
            return false;
        }

        at += _scanned;
        _scanned = at + 1;
        switch (_bytes[at])
        {
            case (byte)'{':
                if (_depth++ == 0) _start = at;
                return false;
            case (byte)'}':
                return _depth > 0 && --_depth == 0;
            default:
                // Between objects there are no strings: a stray quote must not swallow the rest.
                _inString = _depth > 0;
                return false;
        }
    }
}
