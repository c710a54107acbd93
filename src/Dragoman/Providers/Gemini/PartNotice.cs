using System.Globalization;

namespace Dragoman.Providers.Gemini;

/// <summary>Parts that an answer of the Messages API has no place for, as text: so the reader knows that something was there.</summary>
internal static class PartNotice
{
    /// <summary>The text that stands for a part; null when the part is text itself.</summary>
    public static string? Of(in AnswerPart part)
    {
        if (part.Media is { } media) return OfMedia(media.MediaType, media.Base64Length);
        if (part.Code is { } code) return $"\n```{Language(code.Language)}\n{code.Code.TrimEnd()}\n```\n";
        if (part.CodeResult is { } result) return $"\n{Outcome(result.Outcome)}\n```\n{result.Output.TrimEnd()}\n```\n";
        return null;
    }

    private static string OfMedia(string mediaType, int base64Length)
    {
        var kilobytes = Math.Max(1, base64Length / 4 * 3 / 1024);
        return string.Create(CultureInfo.InvariantCulture, $"\n[The model made a file of the type {(mediaType.Length == 0 ? "unknown" : mediaType)}, {kilobytes} kB, which can't be shown here.]\n");
    }

    private static string Language(string language) => language is "" or "LANGUAGE_UNSPECIFIED" ? "" : language.ToLowerInvariant();

    private static string Outcome(string outcome) => outcome switch
    {
        "OUTCOME_FAILED" => "The code failed:",
        "OUTCOME_DEADLINE_EXCEEDED" => "The code took too long:",
        _ => "The code printed:",
    };
}
