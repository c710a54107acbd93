using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Ollama;

/// <summary>Writes tools and messages of a chat request. Texts are copied as they came, still escaped.</summary>
internal static class ChatWriter
{
    /// <summary>Writes <c>tools</c>, if there are any; what their schemas lose is added to <paramref name="degraded"/>.</summary>
    public static void WriteTools(Utf8JsonWriter json, IReadOnlyList<Tool> tools, ICollection<string> degraded)
    {
        if (tools.Count == 0) return;
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            var offered = OfferedTool.Of(tool);
            if (offered.IsPartlyText) degraded.Add("tools.input_schema=partly_text");
            json.WriteRawValue(offered.Json, skipInputValidation: true);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes <c>messages</c>, the system message first if it says anything.</summary>
    public static void WriteMessages(Utf8JsonWriter json, ChatMessage system, List<ChatMessage> messages)
    {
        json.WriteStartArray("messages"u8);
        if (!system.IsEmpty) Write(json, system);
        foreach (var message in messages) Write(json, message);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, message.Role);
        json.WriteText("content"u8, message.Texts);
        if (message.Thinking.Count > 0) json.WriteText("thinking"u8, message.Thinking);
        if (message.Images.Count > 0)
        {
            json.WriteStartArray("images"u8);
            foreach (var image in message.Images) json.WriteText(image);
            json.WriteEndArray();
        }

        WriteCalls(json, message);
        // Both: some chat templates look for the id, some for the name.
        if (message.ToolCallId is not null) json.WriteString("tool_call_id"u8, message.ToolCallId);
        if (message.ToolName is not null) json.WriteString("tool_name"u8, message.ToolName);
        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, ChatMessage message)
    {
        if (message.Calls.Count == 0) return;
        json.WriteStartArray("tool_calls"u8);
        for (var i = 0; i < message.Calls.Count; i++)
        {
            var (id, name, input) = message.Calls[i];
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteStartObject("function"u8);
            json.WriteNumber("index"u8, i);
            json.WriteString("name"u8, name);
            // The key order is what the model wrote: another one would cost the cache.
            json.WritePropertyName("arguments"u8);
            json.WriteRawValue(input.Span, skipInputValidation: true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
