using Dragoman.Messages;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>Images and PDFs of a request. Whatever could be fetched was fetched before; what Gemini doesn't take becomes a notice.</summary>
internal sealed class GeminiMedia(SortedSet<string> degraded)
{
    private const string Pdf = "application/pdf";

    // Gemini sees no GIFs; HEIC and HEIF no client sends.
    private static readonly string[] Images = ["image/png", "image/jpeg", "image/webp"];

    /// <summary>Whether the file may stand inside a <c>functionResponse</c>.</summary>
    public static bool FitsInResult(GeminiInline file) => file.MediaType == Pdf || Images.Contains(file.MediaType, StringComparer.OrdinalIgnoreCase);

    /// <summary>An image, or the notice in its place.</summary>
    public GeminiPart Image(MediaSource source)
    {
        if (source is Base64Source { Data.IsEmpty: false } image && Images.Contains(image.MediaType, StringComparer.OrdinalIgnoreCase)) return new GeminiInline(image.MediaType, image.Data);
        degraded.Add("images=notice");
        var why = source is Base64Source { Data.IsEmpty: false } other ? $"Gemini takes no {other.MediaType}" : "it could not be fetched";
        return new GeminiText(JsonText.From($"[An image{Address(source)} was left out here: {why}. Tell the user so if it matters.]"));
    }

    /// <summary>A PDF with what the client says of it, or the notice in its place.</summary>
    public IEnumerable<GeminiPart> File(DocumentBlock document)
    {
        if (document.Source is not Base64Source { Data.IsEmpty: false } file)
        {
            degraded.Add("documents=notice");
            yield return new GeminiText(BlockText.Document(document, [JsonText.From($"[The document{Address(document.Source)} could not be fetched. Tell the user so if it matters.]")]));
            yield break;
        }

        if (document.Title is not null || document.Context is { Length: > 0 }) yield return new GeminiText(BlockText.Document(document, [JsonText.From("[The file follows.]")]));
        yield return new GeminiInline(Pdf, file.Data);
    }

    private static string Address(MediaSource source) => source is UrlSource remote ? $" ({remote.Url})" : "";
}
