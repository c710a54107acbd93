using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>Writes the conversation as <c>input</c> of Responses: items in the order in which things happened, reasoning right before what came of it.</summary>
internal sealed class ResponsesWriter(Utf8JsonWriter json, OpenAiDialect dialect)
{
    /// <summary>The <see cref="OpenAiDialect.SystemRole"/> that isn't one but a field.</summary>
    public const string Instructions = "instructions";

    // Fields of a reasoning item that belong to the answer; an id would make the server look for what it did not store.
    private static readonly string[] AnswerFields = ["id", "status"];

    /// <summary>Writes <c>instructions</c>, or the system text as the first item, and <c>input</c>.</summary>
    public void WriteInput(IReadOnlyList<JsonText> system, List<OpenAiTurn> turns)
    {
        if (system.Count > 0 && dialect.SystemRole == Instructions) json.WriteMended("instructions"u8, system);
        json.WriteStartArray("input"u8);
        if (system.Count > 0 && dialect.SystemRole != Instructions) json.WriteMessage(dialect.SystemRole, system);
        foreach (var turn in turns)
        {
            switch (turn)
            {
                case UserTurn user: WriteUser(user); break;
                case ResultTurn result: WriteResult(result); break;
                case AssistantTurn said:
                    foreach (var item in said.Items) WriteItem(item);
                    break;
            }
        }

        json.WriteEndArray();
    }

    private void WriteUser(UserTurn turn)
    {
        if (turn.Parts.TrueForAll(part => part is TextPart))
        {
            json.WriteMessage("user", turn.Parts.Cast<TextPart>().Select(part => part.Text));
            return;
        }

        json.WriteStartObject();
        json.WriteString("role"u8, "user"u8);
        json.WriteStartArray("content"u8);
        foreach (var part in turn.Parts) WritePart(part);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteResult(ResultTurn turn)
    {
        var parts = TextWriting.Answer(turn);
        json.WriteStartObject();
        json.WriteString("type"u8, "function_call_output"u8);
        json.WriteString("call_id"u8, turn.CallId);
        if (parts.TrueForAll(part => part is TextPart))
        {
            json.WriteMended("output"u8, parts.Cast<TextPart>().Select(part => part.Text));
        }
        else
        {
            json.WriteStartArray("output"u8);
            foreach (var part in parts) WritePart(part);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void WritePart(OpenAiPart part)
    {
        json.WriteStartObject();
        switch (part)
        {
            case TextPart text:
                json.WriteString("type"u8, "input_text"u8);
                json.WriteMended("text"u8, text.Text);
                break;
            case ImagePart image:
                json.WriteString("type"u8, "input_image"u8);
                json.WriteDataUrl("image_url"u8, image.MediaType, image.Data);
                break;
            case FilePart file:
                json.WriteString("type"u8, "input_file"u8);
                json.WriteString("filename"u8, file.Name);
                json.WriteDataUrl("file_data"u8, "application/pdf", file.Data);
                break;
        }

        json.WriteEndObject();
    }

    private void WriteItem(AssistantItem item)
    {
        switch (item)
        {
            case Words said: json.WriteMessage("assistant", [said.Text]); break;
            case Thought { Sealed: { } reasoning }: WriteReasoning(reasoning); break;
            case Call call: WriteCall(call); break;
        }
    }

    private void WriteReasoning(string reasoning)
    {
        using var item = JsonDocument.Parse(reasoning);
        json.WriteStartObject();
        json.WriteString("type"u8, "reasoning"u8);
        // It must be there, be it empty.
        if (!item.RootElement.TryGetProperty("summary", out _))
        {
            json.WriteStartArray("summary"u8);
            json.WriteEndArray();
        }

        foreach (var field in item.RootElement.EnumerateObject().Where(field => field.Name != "type" && !AnswerFields.Contains(field.Name)))
        {
            json.WritePropertyName(field.Name);
            json.WriteRawValue(field.Value.GetRawText(), skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private void WriteCall(Call call)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function_call"u8);
        json.WriteString("call_id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        json.WriteText("arguments"u8, JsonText.From(LoneSurrogates.Mend(call.Input).Span));
        json.WriteEndObject();
    }
}
