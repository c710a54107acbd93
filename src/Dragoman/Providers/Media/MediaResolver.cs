using Dragoman.Messages;

namespace Dragoman.Providers.Media;

/// <summary>
/// Makes a request self-contained before it is translated: files named by URL are fetched, PDFs become text, and what can't be had becomes a notice for the
/// model, never nothing. The same file gives the same text in every turn, so the conversation stays stable.
/// </summary>
internal sealed class MediaResolver(DragomanOptions options)
{
    private static readonly string[] ImageTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"];

    private readonly RemoteFiles _files = new(options.Fetch);
    private readonly PdfText _pdf = new(options.PdfToText);

    /// <summary>
    /// Resolves all images and documents. <paramref name="seesImages"/>: whether it is worth fetching images. <paramref name="readsPdfs"/>: the model reads
    /// PDFs itself, so they stay what they are.
    /// </summary>
    /// <exception cref="InvalidRequestException">The model can't see images and the configuration wants an error then.</exception>
    public async ValueTask<MessagesRequest> ResolveAsync(MessagesRequest request, bool seesImages, CancellationToken cancellationToken, bool readsPdfs = false)
    {
        if (!request.Messages.Any(message => message.Content.Any(NeedsWork))) return request;
        var degraded = new SortedSet<string>(request.Degraded, StringComparer.Ordinal);
        var work = new Work(this, seesImages, readsPdfs, degraded, cancellationToken);
        var messages = new List<Message>(request.Messages.Count);
        foreach (var message in request.Messages) messages.Add(message with { Content = await work.BlocksAsync(message.Content) });
        return request with { Messages = messages, Degraded = [.. degraded] };
    }

    private static bool NeedsWork(ContentBlock block) => block switch
    {
        ImageBlock or DocumentBlock => true,
        ToolResultBlock result => result.Content.Any(NeedsWork),
        _ => false,
    };

    // The walk over one request.
    private sealed class Work(MediaResolver resolver, bool seesImages, bool readsPdfs, SortedSet<string> degraded, CancellationToken cancellationToken)
    {
        public async ValueTask<IReadOnlyList<ContentBlock>> BlocksAsync(IReadOnlyList<ContentBlock> blocks)
        {
            if (!blocks.Any(NeedsWork)) return blocks;
            var resolved = new List<ContentBlock>(blocks.Count);
            foreach (var block in blocks) resolved.Add(await BlockAsync(block));
            return resolved;
        }

        private async ValueTask<ContentBlock> BlockAsync(ContentBlock block) => block switch
        {
            ToolResultBlock result => result with { Content = await BlocksAsync(result.Content) },
            ImageBlock image => await ImageAsync(image),
            DocumentBlock document => await DocumentAsync(document),
            _ => block,
        };

        private async ValueTask<ContentBlock> ImageAsync(ImageBlock image)
        {
            if (!seesImages && resolver.Options.ImagesUnsupported == ImagesUnsupported.Error)
            {
                throw new InvalidRequestException("messages: this model can't see images, and the request has one. Map the client's model to one that can (for example: ollama pull qwen3-vl:8b).");
            }

            // A model that can't see is told so by the translator; its image need not be fetched.
            if (image.Source is Base64Source || !seesImages) return image with { Source = image.Source as Base64Source ?? new Base64Source("image/png", JsonText.Empty) };
            if (image.Source is not UrlSource remote) return Notice("An image", "files uploaded to Anthropic can't be reached from here", "files=notice");
            var (file, problem) = await resolver.Files.FetchAsync(remote.Url, "image/", cancellationToken);
            if (file is null) return Notice($"An image ({remote.Url})", problem!, "images.url=notice");
            // What the API takes as an image; others (SVG, AVIF) make Ollama refuse the whole request.
            return ImageTypes.Contains(file.MediaType, StringComparer.OrdinalIgnoreCase)
                ? new ImageBlock(new Base64Source(file.MediaType, JsonText.From(Convert.ToBase64String(file.Bytes))))
                : Notice($"An image ({remote.Url})", $"it is of the type '{file.MediaType}'", "images.url=notice");
        }

        private async ValueTask<ContentBlock> DocumentAsync(DocumentBlock document)
        {
            switch (document.Source)
            {
                case BlocksSource blocks:
                    return document with { Source = new BlocksSource(await BlocksAsync(blocks.Content)) };
                case Base64Source when readsPdfs:
                    return document;
                case Base64Source pdf:
                    return await PdfAsync(document, Decode(pdf));
                case UrlSource remote:
                    var (file, problem) = await resolver.Files.FetchAsync(remote.Url, "application/pdf", cancellationToken);
                    return file is null ? Notice($"A document ({remote.Url})", problem!, "documents.url=notice") : await PdfAsync(document, file.Bytes);
                case FileSource:
                    return Notice("A document", "files uploaded to Anthropic can't be reached from here", "files=notice");
                default:
                    return document;
            }
        }

        private async ValueTask<ContentBlock> PdfAsync(DocumentBlock document, byte[] pdf)
        {
            if (readsPdfs) return document with { Source = new Base64Source("application/pdf", JsonText.From(Convert.ToBase64String(pdf))) };
            var (text, problem) = await resolver.Pdf.ExtractAsync(pdf, cancellationToken);
            if (text is null) return Notice(document.Title is null ? "A PDF document" : $"A PDF document \"{document.Title}\"", problem!, "documents.pdf=notice");
            degraded.Add("documents.pdf=text");
            return document with { Source = new TextSource(JsonText.From(text)) };
        }

        private static byte[] Decode(Base64Source pdf)
        {
            try
            {
                return Convert.FromBase64String(pdf.Data.ToString());
            }
            catch (FormatException)
            {
                throw new InvalidRequestException("messages: document.source.base64.data: the data is not valid base64");
            }
        }

        private TextBlock Notice(string what, string why, string how)
        {
            degraded.Add(how);
            return new TextBlock(JsonText.From($"[{what} was attached here but could not be read: {why}. Tell the user so if it matters.]"));
        }
    }

    private DragomanOptions Options => options;

    private RemoteFiles Files => _files;

    private PdfText Pdf => _pdf;
}
