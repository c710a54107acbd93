namespace Dragoman.Tokens;

/// <summary>
/// Counts tokens by words: a word of up to 4 characters is 1 token, a longer one is a token for each 4 characters begun.
/// The rule is documented and the same for every model; it is the base that <see cref="Calibration"/> corrects.
/// </summary>
internal static class WordCounter
{
    private const int CharactersPerToken = 4;

    /// <summary>Tokens of JSON-escaped UTF-8, counted without decoding it.</summary>
    public static int Count(ReadOnlySpan<byte> escaped)
    {
        int tokens = 0, length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            var b = escaped[i];
            var space = b is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r';
            if (b == (byte)'\\' && i + 1 < escaped.Length)
            {
                i++;
                space = escaped[i] is (byte)'n' or (byte)'t' or (byte)'r';
                // \u00e9 is one character.
                if (escaped[i] == (byte)'u') i += 4;
            }

            if (space)
            {
                tokens += Tokens(length);
                length = 0;
            }
            else if ((b & 0xC0) != 0x80)
            {
                // Continuation bytes of UTF-8 are no characters of their own.
                length++;
            }
        }

        return tokens + Tokens(length);
    }

    private static int Tokens(int length) => (length + CharactersPerToken - 1) / CharactersPerToken;
}
