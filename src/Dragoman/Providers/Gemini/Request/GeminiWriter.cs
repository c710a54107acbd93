using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>Writes the parts of a request that the model reads. Texts are copied as they came, still escaped; only halves of surrogate pairs, over which Google refuses a request, are replaced.</summary>
internal static class GeminiWriter
{
    // A failure that says nothing must not look like a result that says nothing.
    private static readonly JsonText Failed = JsonText.From("The tool failed.");

    /// <summary>Writes <c>systemInstruction</c>, unless there is nothing in it.</summary>
    public static void WriteSystem(Utf8JsonWriter json, IReadOnlyList<JsonText> texts)
    {
        if (texts.Count == 0) return;
        json.WriteStartObject("systemInstruction"u8);
        json.WriteStartArray("parts"u8);
        foreach (var text in texts)
        {
            json.WriteStartObject();
            WriteText(json, "text"u8, text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the declarations of functions; what their schemas lose is added to <paramref name="degraded"/>.</summary>
    public static void WriteFunctions(Utf8JsonWriter json, IReadOnlyList<Tool> tools, SortedSet<string> degraded)
    {
        json.WriteStartArray("tools"u8);
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations"u8);
        foreach (var tool in tools)
        {
            var declaration = FunctionDeclaration.Of(tool);
            if (declaration.IsPartlyText) degraded.Add("tools.input_schema=partly_text");
            json.WriteRawValue(declaration.Json, skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>Writes the tools that Google runs.</summary>
    public static void WriteServerTools(Utf8JsonWriter json, ServerSearch search)
    {
        json.WriteStartArray("tools"u8);
        if (search.SearchTool is not null) WriteEmpty(json, "googleSearch"u8);
        if (search.FetchTool is not null) WriteEmpty(json, "urlContext"u8);
        json.WriteEndArray();
    }

    /// <summary>Writes <c>contents</c>.</summary>
    public static void WriteContents(Utf8JsonWriter json, List<GeminiContent> contents)
    {
        json.WriteStartArray("contents"u8);
        foreach (var content in contents)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, content.IsModel ? "model"u8 : "user"u8);
            json.WriteStartArray("parts"u8);
            foreach (var part in content.Parts) WritePart(json, part);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter json, GeminiPart part)
    {
        json.WriteStartObject();
        switch (part)
        {
            case GeminiText text:
                WriteText(json, "text"u8, text.Text);
                if (text.IsThought) json.WriteBoolean("thought"u8, true);
                break;
            case GeminiInline file: WriteInline(json, file); break;
            case GeminiCall call: WriteCall(json, call); break;
            case GeminiResult result: WriteResult(json, result); break;
        }

        // Beside the call, not in it.
        if (part.Signature is not null) json.WriteString("thoughtSignature"u8, part.Signature);
        json.WriteEndObject();
    }

    private static void WriteInline(Utf8JsonWriter json, GeminiInline file)
    {
        json.WriteStartObject("inlineData"u8);
        json.WriteString("mimeType"u8, file.MediaType);
        json.WriteText("data"u8, file.Data);
        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, GeminiCall call)
    {
        json.WriteStartObject("functionCall"u8);
        json.WriteString("id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        json.WritePropertyName("args"u8);
        // The key order is what the model wrote: another one would cost the cache.
        json.WriteRawValue(LoneSurrogates.Mend(call.Args).Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, GeminiResult result)
    {
        json.WriteStartObject("functionResponse"u8);
        json.WriteString("id"u8, result.Id);
        json.WriteString("name"u8, result.Name);
        json.WriteStartObject("response"u8);
        var texts = result.Texts.Select(Mend).ToArray();
        if (result.IsError) json.WriteText("error"u8, texts.Length == 0 ? [Failed] : texts);
        else json.WriteText("output"u8, texts);
        json.WriteEndObject();
        if (result.Inside.Count > 0)
        {
            json.WriteStartArray("parts"u8);
            foreach (var file in result.Inside) WritePart(json, file);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteEmpty(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartObject();
        json.WriteStartObject(name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonText text) => json.WriteText(name, Mend(text));

    /// <summary>A text that Google's parser takes.</summary>
    public static JsonText Mend(JsonText text) => new(LoneSurrogates.Mend(text.Escaped));
}
