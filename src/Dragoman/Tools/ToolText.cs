using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Tools;

/// <summary>Tools as text, for where a model reads about them in the conversation.</summary>
internal static class ToolText
{
    /// <summary>A tool's definition: name, description and schema as compact JSON.</summary>
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
                json.WriteRawValue(tool.InputSchema.Span, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return JsonText.From(buffer.WrittenSpan);
    }
}
