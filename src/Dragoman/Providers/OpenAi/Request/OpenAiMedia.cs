using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>Images and PDFs of a request. Whatever could be fetched was fetched before; what the server or the model doesn't take becomes a notice.</summary>
internal sealed class OpenAiMedia(string model, OpenAiDialect dialect, bool seesImages, SortedSet<string> degraded)
{
    /// <summary>An image, or the notice in its place.</summary>
    public OpenAiPart Image(MediaSource source)
    {
        if (dialect.Images && seesImages && source is Base64Source { Data.IsEmpty: false } image) return new ImagePart(image.MediaType, image.Data);
        degraded.Add("images=notice");
        var why = dialect.Images && seesImages ? "it could not be fetched" : $"the model {model} can't see images";
        return new TextPart(JsonText.From($"[An image was left out here: {why}. Tell the user so if it matters.]"));
    }

    /// <summary>A PDF with what the client says of it, or the notice in its place.</summary>
    public IEnumerable<OpenAiPart> File(DocumentBlock document)
    {
        if (!dialect.Files || document.Source is not Base64Source { Data.IsEmpty: false } file)
        {
            degraded.Add("documents=notice");
            yield return new TextPart(BlockText.Document(document, [JsonText.From("[The document could not be read. Tell the user so if it matters.]")]));
            yield break;
        }

        if (document.Title is not null || document.Context is { Length: > 0 }) yield return new TextPart(BlockText.Document(document, [JsonText.From("[The file follows.]")]));
        yield return new FilePart(document.Title is { Length: > 0 } title ? title : "document.pdf", file.Data);
    }
}
