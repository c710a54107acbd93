using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// Writes a conversation as one text, as a renderer does before tokenizing. The notation is invented; what matters is what a renderer
/// does to the order of things, because a model re-reads everything after the first character that changed since its previous call.
/// </summary>
internal static class PromptRendering
{
    // A common rule of thumb for English and code.
    private const int CharactersPerToken = 4;

    // Ollama's own estimate (server/prompt.go).
    private const int TokensPerImage = 768;

    /// <summary>Tokens of a rendered prompt without images.</summary>
    public static int Tokens(string text) => (text.Length + CharactersPerToken - 1) / CharactersPerToken;

    /// <summary>Tokens of the messages' images.</summary>
    public static int ImageTokens(IEnumerable<JsonElement> messages) =>
        messages.Sum(message => message.FindItems("images").Count()) * TokensPerImage;

    /// <summary>The whole prompt, up to where the assistant's turn begins.</summary>
    public static string Render(SimulatedModel model, IReadOnlyList<JsonElement> messages, IEnumerable<JsonElement> tools)
    {
        var prompt = new StringBuilder();
        foreach (var tool in tools)
        {
            prompt.Append(CultureInfo.InvariantCulture, $"<|tool|>{Declared(tool)}\n");
        }

        var ordered = PlaceSystemMessages(model, messages);
        var lastQuestion = ordered.FindLastIndex(message => Role(message) == "user");
        for (var index = 0; index < ordered.Count; index++)
        {
            // Thinking is replayed only after the last user message (qwen3.5, qwen3-vl, gemma4, glm-4.6, ...).
            AppendMessage(prompt, ordered[index], withThinking: index > lastQuestion);
        }

        return prompt.Append("<|assistant|>").ToString();
    }

    /// <summary>An assistant's turn after <c>&lt;|assistant|&gt;</c>; also what generation leaves in the KV cache.</summary>
    public static string AssistantTurn(string thinking, string content, IEnumerable<string> toolCalls) =>
        $"{(thinking.Length > 0 ? $"<think>{thinking}</think>" : "")}{content}{string.Concat(toolCalls)}<|end|>\n";

    /// <summary>A tool call inside an assistant's turn; key order counts.</summary>
    public static string ToolCall(string name, JsonElement arguments) => $"<tool_call>{name} {Json.Compact(arguments)}</tool_call>";

    /// <summary>The role in lower case, as Ollama reads it.</summary>
    public static string Role(JsonElement message) => (message.FindText("role") ?? "").ToLowerInvariant();

    /// <summary>What each renderer does to a system message that is not the first message.</summary>
    private static List<JsonElement> PlaceSystemMessages(SimulatedModel model, IReadOnlyList<JsonElement> messages)
    {
        var system = messages.Where(message => Role(message) == "system").ToList();
        var others = messages.Where(message => Role(message) != "system").ToList();
        return model.Renderer switch
        {
            // The first one wins, later ones vanish.
            "qwen3-coder" or "olmo3" => [.. system.Take(1), .. others],
            // Go templates (no renderer) and these hoist later ones to the front: the whole prefix changes.
            null or "qwen3.8" or "deepseek3.1" => [.. system, .. others],
            // All others write it where it stands.
            _ => [.. messages],
        };
    }

    private static void AppendMessage(StringBuilder prompt, JsonElement message, bool withThinking)
    {
        var role = Role(message);
        prompt.Append(CultureInfo.InvariantCulture, $"<|{role}|>");
        foreach (var image in message.FindItems("images"))
        {
            prompt.Append("[img]");
        }

        var calls = message.FindItems("tool_calls").Select(call => call.Find("function") is { } function
            ? ToolCall(function.FindText("name") ?? "", function.Find("arguments") ?? Json.Parse("{}"))
            : "");
        prompt.Append(AssistantTurn(withThinking ? message.FindText("thinking") ?? "" : "", message.FindText("content") ?? "", calls));
    }

    /// <summary>A tool as the model gets to see it: keywords that <c>api.Tool</c> does not declare were dropped when the request was read.</summary>
    private static string Declared(JsonElement tool) => Json.Write(writer => WriteDeclared(writer, tool, ToolFields));

    private static readonly string[] ToolFields = ["type", "function", "name", "description", "parameters", "$defs", "items", "required", "properties"];

    private static readonly string[] PropertyFields = ["anyOf", "type", "items", "description", "enum", "properties", "required"];

    private static void WriteDeclared(Utf8JsonWriter writer, JsonElement value, string[] fields)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            value.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var property in value.EnumerateObject().Where(property => fields.Contains(property.Name)))
        {
            writer.WritePropertyName(property.Name);
            switch (property.Name)
            {
                case "properties" when property.Value.ValueKind == JsonValueKind.Object:
                    writer.WriteStartObject();
                    foreach (var child in property.Value.EnumerateObject())
                    {
                        writer.WritePropertyName(child.Name);
                        WriteDeclared(writer, child.Value, PropertyFields);
                    }

                    writer.WriteEndObject();
                    break;
                case "anyOf" when property.Value.ValueKind == JsonValueKind.Array:
                    writer.WriteStartArray();
                    foreach (var branch in property.Value.EnumerateArray())
                    {
                        WriteDeclared(writer, branch, PropertyFields);
                    }

                    writer.WriteEndArray();
                    break;
                // These are `any` in Go and stay whole.
                case "items" or "$defs":
                    property.Value.WriteTo(writer);
                    break;
                default:
                    WriteDeclared(writer, property.Value, fields);
                    break;
            }
        }

        writer.WriteEndObject();
    }
}
