using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>A tool as the upstream is told of it. An agent offers the same tools in every turn (<see cref="KnownTools"/>), so each is translated once for each form.</summary>
/// <param name="Json">The entry of <c>tools</c>.</param>
/// <param name="IsStrict">The upstream holds calls to the schema.</param>
/// <param name="IsPartlyText">A part of the schema stands in a description.</param>
internal sealed record OfferedFunction(byte[] Json, bool IsStrict, bool IsPartlyText)
{
    // A handful: a form for each way to write schemas.
    private static readonly ConcurrentDictionary<(SchemaDialect Schemas, bool Strict, OpenAiApi Api), ConditionalWeakTable<Tool, OfferedFunction>> Translated = new();

    /// <summary>The function of a tool.</summary>
    public static OfferedFunction Of(Tool tool, OpenAiDialect dialect)
    {
        var form = (dialect.Schemas, tool.Strict && dialect.StrictTools, dialect.Api);
        return Translated.GetOrAdd(form, static _ => []).GetValue(tool, known => Translate(known, form.Schemas, form.Item2, form.Api));
    }

    private static OfferedFunction Translate(Tool tool, SchemaDialect schemas, bool strictWanted, OpenAiApi api)
    {
        var strict = strictWanted ? StrictSchema.Of(tool.InputSchema) : null;
        var schema = strict is null ? schemas.Rewrite(tool.InputSchema) : new RewrittenSchema(strict.Json, strict.Notes);
        var entry = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(entry, JsonOutput.Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            if (api == OpenAiApi.Chat) json.WriteStartObject("function"u8);
            json.WriteString("name"u8, FunctionNames.Fit(tool.Name));
            var description = ToolText.Description(tool, schema.Description);
            if (description.Count > 0) json.WriteText("description"u8, description.ConvertAll(TextWriting.Mend));
            json.WritePropertyName("parameters"u8);
            json.WriteRawValue(LoneSurrogates.Mend(schema.Json).Span, skipInputValidation: true);
            // Responses takes a function that says nothing for a strict one.
            if (strict is not null || api == OpenAiApi.Responses) json.WriteBoolean("strict"u8, strict is not null);
            if (api == OpenAiApi.Chat) json.WriteEndObject();
            json.WriteEndObject();
        }

        return new OfferedFunction(entry.WrittenSpan.ToArray(), strict is not null, schema.Notes.Count > 0);
    }
}
