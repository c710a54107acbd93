using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>How the answer is held to the client's schema (<c>output_config.format</c>).</summary>
/// <param name="Type"><c>json_schema</c>, <c>json_object</c>, or null for nothing.</param>
/// <param name="Schema">The schema that is sent.</param>
/// <param name="IsStrict">The schema is in the form that OpenAI holds an answer to.</param>
/// <param name="IsSaid">The model is told in words.</param>
/// <param name="Degraded">What is approximated, as <c>field=how</c>; null when nothing is.</param>
internal sealed record AnswerFormat(string? Type, ReadOnlyMemory<byte> Schema, bool IsStrict, bool IsSaid, string? Degraded)
{
    private const string Instructed = "output_config.format=instructed";

    private static readonly AnswerFormat Free = new(Type: null, Schema: default, IsStrict: false, IsSaid: false, Degraded: null);

    private static readonly AnswerFormat InWords = Free with { IsSaid = true, Degraded = Instructed };

    /// <summary>Chooses.</summary>
    public static AnswerFormat For(MessagesRequest request, OpenAiDialect dialect, bool hasTools)
    {
        if (request.OutputSchema.IsEmpty) return Free;
        if (hasTools && !dialect.JsonAnswerWithTools) return InWords;
        switch (dialect.JsonAnswer)
        {
            case JsonAnswer.Object when IsObject(request.OutputSchema):
                return InWords with { Type = "json_object" };
            case JsonAnswer.Grammar:
                return new AnswerFormat("json_schema", request.OutputSchema, IsStrict: true, IsSaid: true, Degraded: null);
            case JsonAnswer.Schema when StrictSchema.Of(request.OutputSchema) is { AddsNulls: false } strict:
                return new AnswerFormat("json_schema", strict.Json, IsStrict: true, IsSaid: false, strict.Notes.Count > 0 ? "output_config.format=partly_text" : null);
            case JsonAnswer.Schema when IsObject(request.OutputSchema):
                // A null where the client's schema knows none can't be taken out of a stream of text, so the model is only asked.
                return new AnswerFormat("json_schema", SchemaDialect.OpenAi.Rewrite(request.OutputSchema).Json, IsStrict: false, IsSaid: true, Instructed);
            default:
                return InWords;
        }
    }

    /// <summary>Writes the field, if there is anything to say.</summary>
    public void Write(Utf8JsonWriter json, OpenAiApi api)
    {
        if (Type is null) return;
        if (api == OpenAiApi.Responses) json.WriteStartObject("text"u8);
        json.WriteStartObject(api == OpenAiApi.Responses ? "format"u8 : "response_format"u8);
        json.WriteString("type"u8, Type);
        if (Type == "json_schema")
        {
            if (api == OpenAiApi.Chat) json.WriteStartObject("json_schema"u8);
            json.WriteString("name"u8, "answer"u8);
            json.WriteBoolean("strict"u8, IsStrict);
            json.WritePropertyName("schema"u8);
            json.WriteRawValue(LoneSurrogates.Mend(Schema).Span, skipInputValidation: true);
            if (api == OpenAiApi.Chat) json.WriteEndObject();
        }

        json.WriteEndObject();
        if (api == OpenAiApi.Responses) json.WriteEndObject();
    }

    private static bool IsObject(ReadOnlyMemory<byte> schema) => SchemaTree.Parse(schema) is { } root && SchemaTree.Text(root["type"]) == "object";
}
