using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Ollama;

/// <summary>
/// A tool call that the client insists on (<c>tool_choice</c> any or tool). Ollama's chat API has no such field, so the answer is held to a JSON schema that only
/// a call fits, and the model is told so. The tools themselves are then left out: llama.cpp refuses a schema and tools together.
/// </summary>
internal sealed class ForcedCall
{
    private readonly IReadOnlyList<Tool> _tools;

    private ForcedCall(IReadOnlyList<Tool> tools) => _tools = tools;

    /// <summary>The forced call of a request; null when the model is free.</summary>
    public static ForcedCall? Of(MessagesRequest request, ToolOffer offer) => request.ToolChoice switch
    {
        { Kind: ToolChoiceKind.Any } when offer.Offered.Count > 0 => new ForcedCall(offer.Offered),
        { Kind: ToolChoiceKind.Tool, Name: { } name } when offer.Known.TryGetValue(name, out var tool) && tool.Kind != ToolKind.Server => new ForcedCall([tool]),
        _ => null,
    };

    /// <summary>What the model is told, behind the last message.</summary>
    public JsonText Instruction() => JsonText.Join("\n",
    [
        JsonText.From("Call one of these tools now. Answer with nothing but a JSON object {\"name\": the tool's name, \"input\": its input}."),
        .. _tools.Select(ToolText.Definition),
    ]);

    /// <summary>Writes the schema that the answer must fit.</summary>
    public void WriteFormat(Utf8JsonWriter json)
    {
        if (_tools.Count == 1)
        {
            WriteCall(json, _tools[0]);
            return;
        }

        json.WriteStartObject();
        json.WriteStartArray("anyOf"u8);
        foreach (var tool in _tools) WriteCall(json, tool);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, Tool tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "object"u8);
        json.WriteStartObject("properties"u8);
        json.WriteStartObject("name"u8);
        json.WriteString("type"u8, "string"u8);
        json.WriteStartArray("enum"u8);
        json.WriteStringValue(tool.Name);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WritePropertyName("input"u8);
        // References point to the root of a schema, which this is no longer; the rewritten form has none. Without them the original holds the answer tighter.
        var schema = tool.InputSchema.Span.IndexOf("\"$ref\""u8) < 0 ? tool.InputSchema : SchemaDialect.Ollama.Rewrite(tool.InputSchema).Json;
        json.WriteRawValue(schema.Span, skipInputValidation: true);
        json.WriteEndObject();
        json.WriteStartArray("required"u8);
        json.WriteStringValue("name"u8);
        json.WriteStringValue("input"u8);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads the model's answer; null when it is no call of one of the tools (a cloud model may ignore the schema).</summary>
    /// <param name="answer">All of its text.</param>
    /// <param name="cutOff">The answer hit a limit: closing what is open would make a call of half an input.</param>
    public (string Name, ReadOnlyMemory<byte> Input)? Read(string answer, bool cutOff)
    {
        if (string.IsNullOrWhiteSpace(answer)) return null;
        var repaired = ArgumentRepair.RepairText(answer);
        if (cutOff && repaired.Kind == ArgumentRepairKind.Repaired) return null;
        try
        {
            return Read(repaired);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair where a name stands: no call of ours.
            return null;
        }
    }

    private (string Name, ReadOnlyMemory<byte> Input)? Read(RepairedArguments repaired)
    {
        using var document = JsonDocument.Parse(repaired.Json);
        var call = document.RootElement;
        if (call.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && _tools.Any(tool => tool.Name == name.GetString())
            && call.TryGetProperty("input", out var input) && input.ValueKind == JsonValueKind.Object)
        {
            return (name.GetString()!, Raw(input));
        }

        // Small models often write the input alone.
        return _tools.Count == 1 && repaired.Kind != ArgumentRepairKind.Raw && !call.TryGetProperty("name", out _) ? (_tools[0].Name, repaired.Json) : null;
    }

    private static ReadOnlyMemory<byte> Raw(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOutput.Options)) json.WriteRawValue(value.GetRawText(), skipInputValidation: true);
        return buffer.WrittenMemory;
    }
}
