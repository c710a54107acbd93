namespace Dragoman.Cli;

/// <summary>Texts of others (names that a client chose, an upstream's words) as one line for a terminal, which must not obey them.</summary>
internal static class PrintableText
{
    private const char Mark = '\uFFFD';

    /// <summary>The text with a mark in place of each control character: line ends would forge lines of a log, escapes would move the cursor or set a title.</summary>
    public static string Of(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') && text.Any(char.IsControl)
        ? string.Create(text.Length, text, static (shown, text) =>
        {
            for (var i = 0; i < shown.Length; i++) shown[i] = char.IsControl(text[i]) ? Mark : text[i];
        })
        : text;
}
