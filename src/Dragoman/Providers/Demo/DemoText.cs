using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Demo;

/// <summary>What the demo says.</summary>
internal static class DemoText
{
    /// <summary>The answer to a request.</summary>
    public static string Answer(MessagesRequest request, int inputTokens)
    {
        // A client that wants JSON gets JSON: Claude Code asks for a title this way.
        if (!request.OutputSchema.IsEmpty) return DemoJson.Instance(request.OutputSchema);
        var text = new StringBuilder();
        text.Append("This is Dragoman's built-in demo: no model is connected yet, but your client talks through the gateway.\n\n");
        text.Append(CultureInfo.InvariantCulture,
            $"What I received: model `{request.Model}`, {Number(request.Messages.Count, "message")}, {Number(request.Tools.Count, "tool")}, about {inputTokens:N0} input tokens.\n");
        if (LastToolResult(request) is { } result) text.Append("The tool answered: ").Append(result).Append('\n');
        text.Append("\nTo connect a real model: install Ollama (https://ollama.com), run `ollama pull qwen3:8b`, and keep `ollama serve` running; this gateway finds it by itself, as it finds LM Studio, llama.cpp, vLLM and others at their usual ports. ");
        text.Append("For an Ollama elsewhere: `dragoman serve --ollama-url http://HOST:11434`.");
        if (request.Tools.Count > 0 && LastToolResult(request) is null) text.Append("\n\nSay \"use a tool\" and I make one harmless call of a tool that your client offers.");
        return text.ToString();
    }

    /// <summary>The last thing that the user said; empty when the last message is something else.</summary>
    public static string LastUserText(MessagesRequest request)
    {
        var last = request.Messages.LastOrDefault(message => message.Role == Role.User);
        return last is null ? "" : string.Join('\n', last.Content.OfType<TextBlock>().Select(block => block.Text.ToString()).Where(said => !said.StartsWith("<system-reminder>", StringComparison.Ordinal)));
    }

    /// <summary>What the tool said whose result the last user message carries; null when there is none.</summary>
    public static string? LastToolResult(MessagesRequest request)
    {
        var last = request.Messages.LastOrDefault(message => message.Role == Role.User);
        if (last?.Content.OfType<ToolResultBlock>().LastOrDefault() is not { } result) return null;
        const int shown = 200;
        var said = string.Join('\n', result.Content.OfType<TextBlock>().Select(block => block.Text.ToString())).Trim();
        return said.Length > shown ? said[..shown] + "…" : said;
    }

    private static string Number(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}

/// <summary>The smallest value that fits a JSON schema, for the demo only.</summary>
internal static class DemoJson
{
    /// <summary>The value as JSON text.</summary>
    public static string Instance(ReadOnlyMemory<byte> schema)
    {
        using var document = JsonDocument.Parse(schema);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, document.RootElement);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object) json.WriteStringValue("demo");
        else if (schema.TryGetProperty("const", out var fixedValue)) fixedValue.WriteTo(json);
        else if (schema.TryGetProperty("enum", out var values) && values.GetArrayLength() > 0) values[0].WriteTo(json);
        else if (schema.TryGetProperty("anyOf", out var choices) && choices.GetArrayLength() > 0) Write(json, choices[0]);
        else WriteTyped(json, schema);
    }

    private static void WriteTyped(Utf8JsonWriter json, JsonElement schema)
    {
        var type = schema.TryGetProperty("type", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : "object";
        switch (type)
        {
            case "string": json.WriteStringValue("demo"); break;
            case "integer" or "number": json.WriteNumberValue(0); break;
            case "boolean": json.WriteBooleanValue(false); break;
            case "null": json.WriteNullValue(); break;
            case "array":
                json.WriteStartArray();
                json.WriteEndArray();
                break;
            default:
                json.WriteStartObject();
                if (schema.TryGetProperty("properties", out var properties))
                {
                    foreach (var property in properties.EnumerateObject())
                    {
                        json.WritePropertyName(property.Name);
                        Write(json, property.Value);
                    }
                }

                json.WriteEndObject();
                break;
        }
    }
}
