namespace Dragoman.Upstreams.Writing;

/// <summary>Cuts text into pieces like those of a tokenizer: a word with the white space before it, long words in several.</summary>
internal static class TokenPieces
{
    // Common vocabularies hold few entries longer than this.
    private const int LongestPiece = 8;

    /// <summary>The pieces of <paramref name="text"/> in order; joined they are the text. No piece ends inside a surrogate pair.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var pieces = new List<string>();
        var start = 0;
        for (var index = 1; index <= text.Length; index++)
        {
            var wordBegins = index < text.Length && char.IsWhiteSpace(text[index]) && !char.IsWhiteSpace(text[index - 1]);
            var tooLong = index - start >= LongestPiece && !(index < text.Length && char.IsLowSurrogate(text[index]));
            if (index == text.Length || wordBegins || tooLong)
            {
                pieces.Add(text[start..index]);
                start = index;
            }
        }

        return pieces;
    }

    /// <summary>Pieces <c>w1, w2, ...</c>, no two alike, so that a reader that loses or doubles one is found out.</summary>
    public static IReadOnlyList<string> Numbered(int count) => [.. Enumerable.Range(1, count).Select(number => $"w{number} ")];
}
