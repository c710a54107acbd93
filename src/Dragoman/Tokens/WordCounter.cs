using System.Numerics;
using System.Runtime.Intrinsics;

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
        var words = new Words(escaped);
        var at = 0;
        while (at <= escaped.Length - Vector256<byte>.Count) at = words.CountBlock(at);
        while (at < escaped.Length) at = words.CountOne(at);
        return words.End();
    }

    /// <summary>The words found so far, and the one that is not at its end.</summary>
    private ref struct Words(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _tokens;

        // The word that is not at its end: where it began, and its bytes that are no characters of their own.
        private int _start;
        private int _silent;

        /// <summary>
        /// Goes over 32 bytes, from space to space; returns where to go on. Text of mostly ASCII has few bytes to stop at: spaces and escapes.
        /// Continuation bytes of UTF-8 are left to <see cref="CountOne"/>.
        /// </summary>
        public int CountBlock(int at)
        {
            var bytes = Vector256.Create(_text[at..]);
            if (bytes.ExtractMostSignificantBits() != 0) return CountBytes(at, at + Vector256<byte>.Count);
            var space = Vector256.Equals(bytes, Vector256.Create((byte)' ')) | Vector256.Equals(bytes, Vector256.Create((byte)'\n'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'\r')) | Vector256.Equals(bytes, Vector256.Create((byte)'\t'));
            var stops = (space | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))).ExtractMostSignificantBits();
            while (stops != 0)
            {
                var offset = BitOperations.TrailingZeroCount(stops);
                var next = CountOne(at + offset) - at;
                if (next >= Vector256<byte>.Count) return at + next;
                stops = stops >> next << next;
            }

            return at + Vector256<byte>.Count;
        }

        private int CountBytes(int at, int end)
        {
            while (at < end) at = CountOne(at);
            return at;
        }

        /// <summary>Goes over one character or escape; returns where the next one begins.</summary>
        public int CountOne(int at)
        {
            switch (_text[at])
            {
                case (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t':
                    return EndWord(at, at + 1);
                case (byte)'\\' when at + 1 < _text.Length:
                    return Escape(at);
                case var b:
                    if ((b & 0xC0) == 0x80) _silent++;
                    return at + 1;
            }
        }

        // \n is a space, \u00e9 and all others are one character.
        private int Escape(int at)
        {
            const int unicodeLength = 6;
            var kind = _text[at + 1];
            if (kind is (byte)'n' or (byte)'t' or (byte)'r') return EndWord(at, at + 2);
            var length = kind == (byte)'u' ? Math.Min(unicodeLength, _text.Length - at) : 2;
            _silent += length - 1;
            return at + length;
        }

        private int EndWord(int at, int next)
        {
            _tokens += Tokens(at - _start - _silent);
            (_start, _silent) = (next, 0);
            return next;
        }

        /// <summary>Ends the last word; all tokens.</summary>
        public int End()
        {
            EndWord(_text.Length, _text.Length);
            return _tokens;
        }

        private static int Tokens(int length) => (length + CharactersPerToken - 1) / CharactersPerToken;
    }
}
