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
