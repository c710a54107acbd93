using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>Writes texts as both APIs take them: copied as they came, still escaped; only halves of surrogate pairs, over which servers refuse a request, are replaced.</summary>
internal static class TextWriting
{
    // OpenAI has no field for a tool's failure, and an agent that doesn't see it repeats it.
    private static readonly JsonText Failed = JsonText.From("The tool failed:");
    private static readonly JsonText FailedSilently = JsonText.From("The tool failed.");

    // An empty message of a tool is refused by some servers and misread by some templates.
    private static readonly JsonText Nothing = JsonText.From("(no output)");

    /// <summary>A text that every parser takes.</summary>
    public static JsonText Mend(JsonText text) => new(LoneSurrogates.Mend(text.Escaped));

    /// <summary>Writes a property with one text.</summary>
    public static void WriteMended(this Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonText text) => json.WriteText(name, Mend(text));

    /// <summary>Writes a property with texts as one, with empty lines between them.</summary>
    public static void WriteMended(this Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<JsonText> texts) => json.WriteText(name, [.. texts.Select(Mend)]);

    /// <summary>Writes a message that is text alone, as one string.</summary>
    public static void WriteMessage(this Utf8JsonWriter json, string role, IEnumerable<JsonText> texts)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteMended("content"u8, texts);
        json.WriteEndObject();
    }

    /// <summary>Writes a property with a file as a data URL.</summary>
    public static void WriteDataUrl(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string mediaType, JsonText data) =>
        json.WriteText(name, JsonText.Join("", [JsonText.From($"data:{mediaType};base64,"), data]));

    /// <summary>What a tool answered, its failure among it.</summary>
    public static List<OpenAiPart> Answer(ResultTurn result)
    {
        if (result.Parts.Count == 0) return [new TextPart(result.IsError ? FailedSilently : Nothing)];
        return result.IsError ? [new TextPart(Failed), .. result.Parts] : result.Parts;
    }
}
