using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>A tool as Gemini is told of it. An agent offers the same tools in every turn (<see cref="KnownTools"/>), so each is translated once.</summary>
/// <param name="Json">The entry of <c>functionDeclarations</c>.</param>
/// <param name="Input">The properties of the input that have another name for Gemini; null when there are none.</param>
/// <param name="IsPartlyText">Gemini has no field for a part of the schema, so it stands in a description.</param>
internal sealed record FunctionDeclaration(byte[] Json, PropertyNames? Input, bool IsPartlyText)
{
    private static readonly ConditionalWeakTable<Tool, FunctionDeclaration> Translated = [];

    /// <summary>The declaration of a tool.</summary>
    public static FunctionDeclaration Of(Tool tool) => Translated.GetValue(tool, Translate);

    private static FunctionDeclaration Translate(Tool tool)
    {
        var schema = SchemaDialect.Gemini.Rewrite(tool.InputSchema);
        var declaration = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(declaration, JsonOutput.Options))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, ToolNames.Fit(tool.Name));
            var description = ToolText.Description(tool, schema.Description);
            if (description.Count > 0) json.WriteText("description"u8, description.ConvertAll(GeminiWriter.Mend));
            // Some servers refuse an object without properties.
            if (schema.Json.Span.IndexOf("\"properties\""u8) >= 0)
            {
                json.WritePropertyName("parameters"u8);
                json.WriteRawValue(LoneSurrogates.Mend(schema.Json).Span, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return new FunctionDeclaration(declaration.WrittenSpan.ToArray(), schema.Names, schema.Notes.Count > 0);
    }
}
