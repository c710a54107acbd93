using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Dragoman.Tools;

/// <summary>
/// Reads one almost-JSON object and writes it as JSON. Accepts what has a single plausible reading: trailing or missing commas between members,
/// single and typographic quotes, unquoted keys, Python's <c>True</c>/<c>False</c>/<c>None</c>, comments, raw line breaks in strings, and closers that
/// are missing at the end or before an outer closer. Refuses the rest: bare words, a key without its value, unescaped quotes inside a string,
/// numbers that JSON does not know. Never goes back in the text, so it takes linear time. The text of numbers and the order of keys are kept.
/// </summary>
internal ref partial struct LenientJson
{
    private readonly ReadOnlySpan<char> _text;
    private readonly StringBuilder _json;
    private readonly int _maxDepth;
    private int _at;
    private int _openArrays;

    private LenientJson(ReadOnlySpan<char> text, int maxDepth)
    {
        _text = text;
        _maxDepth = maxDepth;
        _json = new StringBuilder(text.Length + 16);
    }

    /// <summary>A Markdown fence ends the text: what follows a truncated object in a code block is not part of it.</summary>
    private readonly bool AtEnd => _at >= _text.Length || _text[_at..].StartsWith("```", StringComparison.Ordinal);

    /// <summary>Reads the object that starts at the first character of <paramref name="text"/>.</summary>
    /// <param name="text">Text that starts with <c>{</c>.</param>
    /// <param name="maxDepth">Deepest nesting that is accepted.</param>
    /// <param name="json">The object as valid JSON.</param>
    /// <param name="length">How many characters of the text belong to the object.</param>
    /// <returns>False when the text has no single plausible reading.</returns>
    public static bool TryReadObject(ReadOnlySpan<char> text, int maxDepth, [NotNullWhen(true)] out string? json, out int length)
    {
        var reader = new LenientJson(text, maxDepth);
        var read = text is ['{', ..] && reader.Value(depth: 0);
        json = read ? reader._json.ToString() : null;
        length = reader._at;
        return read;
    }

    private bool Value(int depth)
    {
        Trivia();
        if (AtEnd || depth > _maxDepth)
            return false;

        return _text[_at] switch
        {
            '{' => depth < _maxDepth && Members(depth),
            '[' => depth < _maxDepth && Elements(depth),
            '-' or (>= '0' and <= '9') => Number(),
            var c when Quotes.Contains(c) => String(),
            _ => Literal(),
        };
    }

    /// <summary>Commas only separate here: one too many, or one too few between two members that stand apart, changes nothing.</summary>
    private bool Members(int depth)
    {
        _json.Append(_text[_at++]);
        var first = true;
        while (true)
        {
            var apart = Trivia() || first || _text[_at - 1] is '}' or ']' or ',';
            if (AtEnd)
                break;
            if (_text[_at] is '}')
            {
                _at++;
                break;
            }

            // An outer array's closer closes this object too; without such an array it is damage of another kind.
            if (_text[_at] is ']')
            {
                if (_openArrays == 0)
                    return false;
                break;
            }

            if (_text[_at] is ',')
            {
                _at++;
                continue;
            }

            if (!apart)
                return false;
            if (!first)
                _json.Append(',');
            first = false;
            if (!Key() || !Value(depth + 1))
                return false;
        }

        _json.Append('}');
        return true;
    }

    /// <summary>
    /// Commas count in an array: <c>[1,,2]</c> and <c>["a" "b"]</c> have several readings. Only objects or arrays in a row are surely elements.
    /// </summary>
    private bool Elements(int depth)
    {
        _json.Append(_text[_at++]);
        _openArrays++;
        var expectsValue = true;
        var first = true;
        while (true)
        {
            Trivia();
            if (AtEnd || _text[_at] is '}')
                break;
            if (_text[_at] is ']')
            {
                _at++;
                break;
            }

            if (_text[_at] is ',')
            {
                if (expectsValue)
                    return false;
                expectsValue = true;
                _at++;
                continue;
            }

            if (!expectsValue && !(_json[^1] is '}' or ']' && _text[_at] is '{' or '['))
                return false;
            if (!first)
                _json.Append(',');
            first = false;
            expectsValue = false;
            if (!Value(depth + 1))
                return false;
        }

        _openArrays--;
        _json.Append(']');
        return true;
    }

    private bool Key()
    {
        if (Quotes.Contains(_text[_at]))
        {
            if (!String())
                return false;
        }
        else
        {
            var word = Word();
            if (word.IsEmpty)
                return false;
            _json.Append('"').Append(word).Append('"');
        }

        Trivia();
        if (AtEnd || _text[_at] != ':')
            return false;
        _json.Append(':');
        _at++;
        return true;
    }

    private bool Literal()
    {
        var literal = Word() switch
        {
            "true" or "True" => "true",
            "false" or "False" => "false",
            "null" or "None" => "null",
            _ => null,
        };
        _json.Append(literal);
        return literal is not null;
    }

    /// <summary>A name as JavaScript and Python write it, and the hyphen that tool parameters use; empty when none stands here.</summary>
    private ReadOnlySpan<char> Word()
    {
        var start = _at;
        if (char.IsLetter(_text[_at]) || _text[_at] is '_' or '$')
        {
            while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '$' or '-'))
                _at++;
        }

        return _text[start.._at];
    }

    /// <summary>A number by JSON's own grammar, copied as it is: <c>01</c>, <c>.5</c>, <c>+1</c> and <c>1_000</c> mean different things to different people.</summary>
    private bool Number()
    {
        var start = _at;
        if (_text[_at] == '-')
            _at++;

        var whole = Digits();
        if (whole.IsEmpty || whole is ['0', _, ..])
            return false;
        if (Skip('.') && Digits().IsEmpty)
            return false;
        if (Skip('e') || Skip('E'))
        {
            if (!Skip('+'))
                Skip('-');
            if (Digits().IsEmpty)
                return false;
        }

        _json.Append(_text[start.._at]);
        return _at >= _text.Length || !(char.IsLetterOrDigit(_text[_at]) || _text[_at] is '.' or '_' or '+' or '-');
    }

    private ReadOnlySpan<char> Digits()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            _at++;
        return _text[start.._at];
    }

    private bool Skip(char c)
    {
        if (_at >= _text.Length || _text[_at] != c)
            return false;
        _at++;
        return true;
    }

    /// <summary>Skips white space and comments (<c>//</c>, <c>#</c>, <c>/* */</c>); says whether there were any.</summary>
    private bool Trivia()
    {
        var start = _at;
        while (_at < _text.Length)
        {
            var rest = _text[_at..];
            if (char.IsWhiteSpace(rest[0]))
                _at++;
            else if (rest[0] == '#' || rest.StartsWith("//", StringComparison.Ordinal))
                _at = EndOf(rest, "\n");
            else if (rest.StartsWith("/*", StringComparison.Ordinal))
                _at = EndOf(rest[2..], "*/") + 2;
            else
                break;
        }

        _at = Math.Min(_at, _text.Length);
        return _at > start;
    }

    private readonly int EndOf(ReadOnlySpan<char> rest, ReadOnlySpan<char> end)
    {
        var index = rest.IndexOf(end, StringComparison.Ordinal);
        return index < 0 ? _text.Length : _at + index + end.Length;
    }
}
