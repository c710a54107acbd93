using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>Writes the conversation as <c>messages</c> of chat completions.</summary>
internal sealed class ChatWriter(Utf8JsonWriter json, OpenAiDialect dialect)
{
    // What a model without thoughts thought. DeepSeek refuses "" ("must be passed back", NousResearch/hermes-agent#17341).
    private static readonly JsonText NoThought = JsonText.From(" ");

    // What the model said between a tool's result and the user's next words, where a server insists that it said something.
    private static readonly JsonText Bridge = JsonText.From("OK.");

    /// <summary>Writes <c>messages</c>, the system message first if it says anything.</summary>
    public void WriteMessages(IReadOnlyList<JsonText> system, List<OpenAiTurn> turns)
    {
        json.WriteStartArray("messages"u8);
        if (system.Count > 0) json.WriteMessage(dialect.SystemRole, system);
        for (var i = 0; i < turns.Count; i++)
        {
            if (dialect.AssistantAfterResults && i > 0 && turns[i] is UserTurn && turns[i - 1] is ResultTurn) json.WriteMessage("assistant", [Bridge]);
            switch (turns[i])
            {
                case UserTurn user: WriteUser(user); break;
                case ResultTurn result: WriteResult(result); break;
                case AssistantTurn said: WriteAssistant(said, isLast: i == turns.Count - 1); break;
            }
        }

        json.WriteEndArray();
    }

    private void WriteUser(UserTurn turn)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "user"u8);
        WriteContent(turn.Parts);
        json.WriteEndObject();
    }

    private void WriteResult(ResultTurn turn)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "tool"u8);
        json.WriteString("tool_call_id"u8, turn.CallId);
        WriteContent(TextWriting.Answer(turn));
        json.WriteEndObject();
    }

    // Text alone is a string: some servers and templates know nothing else.
    private void WriteContent(List<OpenAiPart> parts)
    {
        if (parts.TrueForAll(part => part is TextPart))
        {
            json.WriteMended("content"u8, parts.Cast<TextPart>().Select(part => part.Text));
            return;
        }

        json.WriteStartArray("content"u8);
        foreach (var part in parts) WritePart(part);
        json.WriteEndArray();
    }

    private void WritePart(OpenAiPart part)
    {
        json.WriteStartObject();
        switch (part)
        {
            case TextPart text:
                json.WriteString("type"u8, "text"u8);
                json.WriteMended("text"u8, text.Text);
                break;
            case ImagePart image:
                json.WriteString("type"u8, "image_url"u8);
                json.WriteStartObject("image_url"u8);
                json.WriteDataUrl("url"u8, image.MediaType, image.Data);
                json.WriteEndObject();
                break;
            case FilePart file:
                json.WriteString("type"u8, "file"u8);
                json.WriteStartObject("file"u8);
                json.WriteString("filename"u8, file.Name);
                json.WriteDataUrl("file_data"u8, "application/pdf", file.Data);
                json.WriteEndObject();
                break;
        }

        json.WriteEndObject();
    }

    private void WriteAssistant(AssistantTurn turn, bool isLast)
    {
        var thoughts = turn.Items.OfType<Thought>().ToList();
        var words = turn.Items.OfType<Words>().Select(said => said.Text).ToList();
        var calls = turn.Items.OfType<Call>().ToList();
        json.WriteStartObject();
        json.WriteString("role"u8, "assistant"u8);
        WriteReasoning(thoughts);
        if (dialect.ReasoningReturn == ReasoningReturn.ContentPart && thoughts.Count > 0) WriteThinkingContent(thoughts, words);
        else if (words.Count == 0 && calls.Count > 0) json.WriteNull("content"u8);
        else json.WriteMended("content"u8, words);
        WriteCalls(calls);
        if (isLast && dialect.Prefill == Prefill.Prefix) json.WriteBoolean("prefix"u8, true);
        if (isLast && dialect.Prefill == Prefill.Partial) json.WriteBoolean("partial"u8, true);
        json.WriteEndObject();
    }

    private void WriteReasoning(List<Thought> thoughts)
    {
        if (dialect.ReasoningReturn == ReasoningReturn.Details && thoughts.Exists(thought => thought.Sealed is not null))
        {
            json.WriteStartArray("reasoning_details"u8);
            foreach (var thought in thoughts.Where(thought => thought.Sealed is not null)) JsonMembers.WriteEntries(json, thought.Sealed!);
            json.WriteEndArray();
            return;
        }

        if (dialect.ReasoningReturn is not (ReasoningReturn.Field or ReasoningReturn.Details)) return;
        if (thoughts.Count == 0 && !dialect.ReasoningRequired) return;
        json.WritePropertyName(dialect.ReasoningField);
        json.WriteText(thoughts.Count == 0 ? [NoThought] : [.. thoughts.Select(thought => TextWriting.Mend(thought.Text))]);
    }

    private void WriteThinkingContent(List<Thought> thoughts, List<JsonText> words)
    {
        json.WriteStartArray("content"u8);
        foreach (var thought in thoughts)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "thinking"u8);
            json.WriteStartArray("thinking"u8);
            WritePart(new TextPart(thought.Text));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        foreach (var text in words) WritePart(new TextPart(text));
        json.WriteEndArray();
    }

    private void WriteCalls(List<Call> calls)
    {
        if (calls.Count == 0) return;
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            // A string, in the key order that the model wrote: another one would cost the cache.
            json.WriteText("arguments"u8, JsonText.From(LoneSurrogates.Mend(call.Input).Span));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
