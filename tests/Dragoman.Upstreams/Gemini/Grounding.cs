using System.Text;
using System.Text.Json;

namespace Dragoman.Upstreams.Gemini;

/// <summary>A page that an answer rests on.</summary>
/// <param name="Url">Its address; Google's own are redirects.</param>
/// <param name="Title">Its title; mostly just the host's name.</param>
public sealed record GroundingPage(string Url, string Title);

/// <summary>A piece of the answer, and the pages that support it by their index.</summary>
public sealed record GroundingSupport(string Text, params IReadOnlyList<int> Pages);

/// <summary>What a grounded answer says of its sources.</summary>
public sealed record Grounding
{
    /// <summary>What was searched for.</summary>
    public IReadOnlyList<string> Queries { get; init; } = [];

    /// <summary>The pages.</summary>
    public IReadOnlyList<GroundingPage> Pages { get; init; } = [];

    /// <summary>What rests on what.</summary>
    public IReadOnlyList<GroundingSupport> Supports { get; init; } = [];

    /// <summary>Addresses of the prompt that were read (<c>urlContext</c>).</summary>
    public IReadOnlyList<string> Read { get; init; } = [];

    /// <summary>Writes the members of the candidate.</summary>
    /// <param name="writer">Stands inside the candidate.</param>
    /// <param name="answer">The answer's whole text; segments are counted in its UTF-8 bytes.</param>
    internal void WriteTo(Utf8JsonWriter writer, string answer)
    {
        if (Read.Count > 0)
        {
            writer.WriteStartObject("urlContextMetadata");
            Write(writer, "urlMetadata", Read, address =>
            {
                writer.WriteString("retrievedUrl", address);
                writer.WriteString("urlRetrievalStatus", "URL_RETRIEVAL_STATUS_SUCCESS");
            });
            writer.WriteEndObject();
        }

        if (Queries.Count + Pages.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("groundingMetadata");
        writer.WriteStartObject("searchEntryPoint");
        writer.WriteString("renderedContent", "<style>.container{}</style><div class=\"container\"></div>");
        writer.WriteEndObject();
        Write(writer, "groundingChunks", Pages, page =>
        {
            writer.WriteStartObject("web");
            writer.WriteString("uri", page.Url);
            writer.WriteString("title", page.Title);
            writer.WriteEndObject();
        });
        Write(writer, "groundingSupports", Supports, support => WriteSupport(writer, support, answer));
        writer.WriteStartArray("webSearchQueries");
        foreach (var query in Queries)
        {
            writer.WriteStringValue(query);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteSupport(Utf8JsonWriter writer, GroundingSupport support, string answer)
    {
        var at = Math.Max(0, answer.IndexOf(support.Text, StringComparison.Ordinal));
        var start = Encoding.UTF8.GetByteCount(answer.AsSpan(0, at));
        writer.WriteStartObject("segment");
        // As protocol buffers do, a 0 is left out.
        if (start > 0)
        {
            writer.WriteNumber("startIndex", start);
        }

        writer.WriteNumber("endIndex", start + Encoding.UTF8.GetByteCount(support.Text));
        writer.WriteString("text", support.Text);
        writer.WriteEndObject();
        writer.WriteStartArray("groundingChunkIndices");
        foreach (var page in support.Pages)
        {
            writer.WriteNumberValue(page);
        }

        writer.WriteEndArray();
    }

    private static void Write<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> write)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            write(item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
