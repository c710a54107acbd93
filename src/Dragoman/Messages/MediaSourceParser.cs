namespace Dragoman.Messages;

/// <summary>Reads the <c>source</c> of an image or a document.</summary>
internal static class MediaSourceParser
{
    private static readonly string[] ImageTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"];

    /// <summary>Reads the source at the cursor.</summary>
    public static MediaSource Read(ref JsonCursor cursor, bool image)
    {
        cursor.ExpectObject();
        var type = cursor.PeekType() ?? throw cursor.Error("Unable to extract tag using discriminator 'type'");
        var known = type is "base64" or "url" or "file" || (!image && type is "text" or "content");
        if (!known)
        {
            var expected = image ? "'base64', 'file', 'url'" : "'base64', 'content', 'file', 'text', 'url'";
            throw cursor.Error($"Input tag '{type}' found using 'type' does not match any of the expected tags: {expected}");
        }

        cursor.Path.Push(type);
        var source = ReadFields(ref cursor, type, image);
        cursor.Path.Pop();
        return source;
    }

    private static MediaSource ReadFields(ref JsonCursor cursor, string type, bool image)
    {
        string? mediaType = null, url = null, fileId = null;
        JsonText? data = null;
        List<ContentBlock>? content = null;
        while (cursor.NextProperty())
        {
            var name = cursor.Text();
            cursor.Path.Push(name);
            if (!cursor.Value())
            {
                cursor.Path.Pop();
                continue;
            }

            switch (name)
            {
                case "media_type": mediaType = cursor.DecodedString(); break;
                case "data": data = cursor.String(); break;
                case "url": url = cursor.DecodedString(); break;
                case "file_id": fileId = cursor.DecodedString(); break;
                case "content": content = MessageParser.ReadContent(ref cursor, role: null); break;
                default: cursor.Raw(); break;
            }

            cursor.Path.Pop();
        }

        return type switch
        {
            "base64" => new Base64Source(MediaType(ref cursor, mediaType, image), data ?? throw cursor.Error("Field required", "data")),
            "text" => new TextSource(data ?? throw cursor.Error("Field required", "data")),
            "url" => new UrlSource(url ?? throw cursor.Error("Field required", "url")),
            "file" => new FileSource(fileId ?? throw cursor.Error("Field required", "file_id")),
            _ => new BlocksSource(content ?? throw cursor.Error("Field required", "content")),
        };
    }

    private static string MediaType(ref JsonCursor cursor, string? mediaType, bool image)
    {
        if (mediaType is null) throw cursor.Error("Field required", "media_type");
        if (image && !ImageTypes.Contains(mediaType)) throw cursor.Error("Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'", "media_type");
        if (!image && mediaType != "application/pdf") throw cursor.Error("Input should be 'application/pdf'", "media_type");
        return mediaType;
    }
}
