using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Dragoman.Messages;

/// <summary>Decodes a JSON string that holds half of a surrogate pair, which the framework's reader refuses.</summary>
internal static class LoneSurrogates
{
    /// <summary>Decodes the content of a syntactically valid JSON string; half pairs become U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<byte> escaped)
    {
        var source = Encoding.UTF8.GetString(escaped);
        var decoded = new StringBuilder(source.Length);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\')
            {
                decoded.Append(source[i]);
                continue;
            }

            i++;
            if (source[i] == 'u')
            {
                decoded.Append((char)ushort.Parse(source.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                decoded.Append(source[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var other => other });
            }
        }

        return ReplaceHalves(decoded);
    }

    /// <summary>Escaped text, or any JSON, with half pairs replaced by U+FFFD, for an upstream that refuses the whole request over one. The same memory when there are none.</summary>
    public static ReadOnlyMemory<byte> Mend(ReadOnlyMemory<byte> json)
    {
        const int escapeLength = 6;
        var span = json.Span;
        if (span.IndexOf("\\ud"u8) < 0 && span.IndexOf("\\uD"u8) < 0) return json;
        byte[]? mended = null;
        for (var i = 0; i < span.Length; i++)
        {
            if (span[i] != '\\') continue;
            if (Unit(span, i) is not { } unit)
            {
                i++;
                continue;
            }

            if (char.IsHighSurrogate(unit) && Unit(span, i + escapeLength) is { } low && char.IsLowSurrogate(low)) i += escapeLength;
            else if (char.IsSurrogate(unit)) "\\ufffd"u8.CopyTo((mended ??= json.ToArray()).AsSpan(i));
            i += escapeLength - 1;
        }

        return mended ?? json;
    }

    // The unit of an escape like \ud83d that begins here.
    private static char? Unit(ReadOnlySpan<byte> escaped, int at) =>
        at + 6 <= escaped.Length && escaped[at] == '\\' && escaped[at + 1] == 'u' && Utf8Parser.TryParse(escaped.Slice(at + 2, 4), out ushort unit, out _, 'x') ? (char)unit : null;

    private static string ReplaceHalves(StringBuilder text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) text[i] = '\uFFFD';
        }

        return text.ToString();
    }
}
