using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Ollama;

/// <summary>A tool as Ollama is told of it. An agent offers the same tools in every turn (<see cref="KnownTools"/>), so each is translated once.</summary>
/// <param name="Json">The entry of <c>tools</c>.</param>
/// <param name="IsPartlyText">Ollama has no place for a part of the schema, so it stands in a description.</param>
internal sealed record OfferedTool(byte[] Json, bool IsPartlyText)
{
    private static readonly ConditionalWeakTable<Tool, OfferedTool> Translated = [];

    /// <summary>The translated tool.</summary>
    public static OfferedTool Of(Tool tool) => Translated.GetValue(tool, Translate);

    private static OfferedTool Translate(Tool tool)
    {
        var schema = SchemaDialect.Ollama.Rewrite(tool.InputSchema);
        var entry = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(entry, JsonOutput.Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, tool.Name);
            // The parameters object has no description of its own in Ollama, so what the schema says at its top stands here.
            json.WriteText("description"u8, ToolText.Description(tool, schema.Description));
            json.WritePropertyName("parameters"u8);
            json.WriteRawValue(schema.Json.Span, skipInputValidation: true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new OfferedTool(entry.WrittenSpan.ToArray(), schema.Notes.Count > 0);
    }
}
