using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Tools;

/// <summary>Tools, and other JSON of a request, as text: for where a model reads about them in the conversation.</summary>
internal static class ToolText
{
    // What the request's parser takes.
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 128 };

    /// <summary>A tool's definition: name, description, schema and examples as compact JSON.</summary>
    public static JsonText Definition(Tool tool)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, tool.Name);
            json.WritePropertyName("description"u8);
            json.WriteRawValue((byte[])[(byte)'"', .. tool.Description.Escaped.Span, (byte)'"'], skipInputValidation: true);
            if (!tool.InputSchema.IsEmpty)
            {
                json.WritePropertyName("input_schema"u8);
                WriteCompact(json, tool.InputSchema);
            }

            if (!tool.InputExamples.IsEmpty)
            {
                json.WritePropertyName("input_examples"u8);
                WriteCompact(json, tool.InputExamples);
            }

            json.WriteEndObject();
        }

        return JsonText.From(buffer.WrittenSpan);
    }

    /// <summary>What a model is told of a tool that it may call: the tool's description, what its schema has no place for, and the examples. None of the texts is empty.</summary>
    public static List<JsonText> Description(Tool tool, string? schemaDescription)
    {
        var parts = new List<JsonText> { tool.Description };
        if (schemaDescription is { Length: > 0 }) parts.Add(JsonText.From(schemaDescription));
        if (!tool.InputExamples.IsEmpty) parts.Add(JsonText.Join(" ", [JsonText.From("Examples of the input:"), Compact(tool.InputExamples)]));
        parts.RemoveAll(part => part.IsEmpty);
        return parts;
    }

    /// <summary>JSON without the white space that a client's indentation put between its tokens: for a model it would be noise, and tokens.</summary>
    public static JsonText Compact(ReadOnlyMemory<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length);
        using (var writer = new Utf8JsonWriter(buffer, JsonOutput.Options)) WriteCompact(writer, json);
        return JsonText.From(buffer.WrittenSpan);
    }

    private static void WriteCompact(Utf8JsonWriter json, ReadOnlyMemory<byte> value)
    {
        using var document = JsonDocument.Parse(value, Depth);
        document.RootElement.WriteTo(json);
    }
}
