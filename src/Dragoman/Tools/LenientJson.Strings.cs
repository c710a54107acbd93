using System.Buffers;
using System.Globalization;
using System.Text;

namespace Dragoman.Tools;

/// <summary>The strings of almost-JSON: their quotes, escapes and missing ends.</summary>
internal ref partial struct LenientJson
{
    /// <summary>Everything that may open a string.</summary>
    internal static readonly SearchValues<char> Quotes = SearchValues.Create("\"'“”„‘’‚");

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Undoes one layer of JSON string escapes. Unknown escapes stay as they are, since nothing says what they mean.</summary>
    public static string Unescape(ReadOnlySpan<char> escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\' || i + 1 == escaped.Length)
            {
                text.Append(escaped[i]);
            }
            else if (escaped[i + 1] == 'u' && IsHex(escaped[(i + 2)..]))
            {
                text.Append((char)ushort.Parse(escaped.Slice(i + 2, 4), NumberStyles.AllowHexSpecifier));
                i += 5;
            }
            else if (Unescaped(escaped[++i]) is { } c)
            {
                text.Append(c);
            }
            else
            {
                text.Append('\\').Append(escaped[i]);
            }
        }

        return text.ToString();
    }

    private static char? Unescaped(char escape) => escape switch
    {
        '"' or '\\' or '/' => escape,
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => null,
    };

    private static bool IsHex(ReadOnlySpan<char> text) => text.Length >= 4 && !text[..4].ContainsAnyExcept(HexDigits);

    /// <summary>Typographic quotes come in pairs, but models also write the same one twice.</summary>
    private static bool Closes(char open, char c) => open switch
    {
        '"' or '\'' => c == open,
        '“' or '”' or '„' => c is '“' or '”',
        _ => c is '‘' or '’',
    };

    private bool String()
    {
        var open = _text[_at++];
        _json.Append('"');
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            if (Closes(open, c))
            {
                _json.Append('"');
                return true;
            }

            if (c == '\\')
                Escape();
            else
                Character(c);
        }

        _json.Append('"');
        return open == '"' && !EndsLikeAValue();
    }

    /// <summary>
    /// Whether an unclosed string runs into what looks like the end of the whole value: then a quote may be missing in the middle, and the
    /// string may have ended anywhere, instead of the text having been cut off.
    /// </summary>
    private readonly bool EndsLikeAValue() => _text.TrimEnd() is [.., '}' or ']' or '"' or '`'];

    private readonly void Character(char c)
    {
        switch (c)
        {
            case '"':
                _json.Append("\\\"");
                break;
            case '\n':
                _json.Append("\\n");
                break;
            case '\r':
                _json.Append("\\r");
                break;
            case '\t':
                _json.Append("\\t");
                break;
            case < ' ':
                _json.Append("\\u").Append(((int)c).ToString("x4"));
                break;
            default:
                _json.Append(c);
                break;
        }
    }

    /// <summary>
    /// Copies a JSON escape; drops the backslash of <c>\'</c>; doubles any other one (<c>\d</c> in a regular expression, <c>C:\Users</c>), where
    /// the backslash can only be meant as itself. An escape that the end of the text cut off is dropped.
    /// </summary>
    private void Escape()
    {
        if (_at == _text.Length)
            return;

        var escape = _text[_at];
        if (escape == '\'')
        {
            _json.Append(escape);
            _at++;
        }
        else if (Unescaped(escape) is not null)
        {
            _json.Append('\\').Append(escape);
            _at++;
        }
        else if (escape == 'u' && _text.Length - _at < 5 && !_text[(_at + 1)..].ContainsAnyExcept(HexDigits))
        {
            _at = _text.Length;
        }
        else if (escape == 'u' && IsHex(_text[(_at + 1)..]))
        {
            _json.Append('\\').Append(_text.Slice(_at, 5));
            _at += 5;
        }
        else
        {
            _json.Append("\\\\");
        }
    }
}
