using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dragoman.Bench.Upstream;

namespace Dragoman.Bench.Load;

/// <summary>
/// Requests of a given size. From 10 kB on they have the shape of a coding agent's turn: a long system prompt, 25 tools with rich schemas (three quarters of
/// 100 kB, as measured with Claude Code), and turns of tool calls and results, which make up all that is beyond 100 kB.
/// </summary>
internal static class GeneratedRequest
{
    private const int AgentBytes = 10_000, FullAgentBytes = 100_000;
    private const int MaxTools = 25, MinTurns = 20, MaxResultBytes = 8_000;
    private const int TurnOverheadBytes = 330;

    /// <summary>The body of a streaming request of about <paramref name="bytes"/>.</summary>
    public static byte[] Build(int bytes, string model)
    {
        var body = new ArrayBufferWriter<byte>(bytes + 4096);
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteNumber("max_tokens", bytes < AgentBytes ? 1024 : 32000);
            json.WriteBoolean("stream", true);
            if (bytes < AgentBytes) Plain(json, bytes);
            else Agent(json, bytes);
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    /// <summary>The size that a name means: <c>small</c>, <c>10k</c>, <c>100k</c>, <c>1M</c>.</summary>
    public static int Bytes(string name)
    {
        const int small = 200;
        if (name == "small") return small;
        var unit = char.ToLowerInvariant(name[^1]) switch { 'k' => 1_000, 'm' => 1_000_000, _ => throw new FormatException($"'{name}' is no size; small, 10k, 1M are.") };
        return int.Parse(name.AsSpan(..^1)) * unit;
    }

    private static void Plain(Utf8JsonWriter json, int bytes)
    {
        const int frame = 100;
        json.WriteStartArray("messages");
        json.WriteStartObject();
        json.WriteString("role", "user");
        json.WriteString("content", new FillerText().Next(Math.Max(bytes - frame, 10)));
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Agent(Utf8JsonWriter json, int bytes)
    {
        var text = new FillerText();
        var share = Math.Min(1.0, bytes / (double)FullAgentBytes);
        json.WriteStartArray("system");
        Text(json, "x-anthropic-billing-header: cc_version=2.1.329; cc_entrypoint=cli;");
        Text(json, text.Next((int)(12_000 * share)), cached: true);
        json.WriteEndArray();
        json.WriteStartArray("tools");
        var tools = Math.Max(2, (int)(MaxTools * share));
        for (var i = 0; i < tools; i++) Tool(json, i, text);
        json.WriteEndArray();
        json.WriteStartObject("metadata");
        json.WriteString("user_id", "user_0123456789abcdef_session_0123456789abcdef");
        json.WriteEndObject();
        json.Flush();
        var rest = bytes - (int)json.BytesCommitted - 200;
        var turns = Math.Max((int)(MinTurns * share), rest / (MaxResultBytes + TurnOverheadBytes));
        Turns(json, turns, Math.Max(20, (rest / turns) - TurnOverheadBytes), tools, text);
    }

    private static void Turns(Utf8JsonWriter json, int turns, int resultBytes, int tools, FillerText text)
    {
        json.WriteStartArray("messages");
        Message(json, "user", () => Text(json, "Please find out why the test of the parser fails, and mend it."));
        for (var turn = 0; turn < turns; turn++)
        {
            var (id, tool) = ($"toolu_{turn:D20}", $"Tool{turn % tools}");
            Message(json, "assistant", () =>
            {
                Text(json, text.Next(60));
                json.WriteStartObject();
                json.WriteString("type", "tool_use");
                json.WriteString("id", id);
                json.WriteString("name", tool);
                json.WriteStartObject("input");
                json.WriteString("path", "src/Parser.cs");
                json.WriteNumber("limit", turn);
                json.WriteEndObject();
                json.WriteEndObject();
            });
            Message(json, "user", () =>
            {
                json.WriteStartObject();
                json.WriteString("type", "tool_result");
                json.WriteString("tool_use_id", id);
                // A character in twelve is a line break or a quote and takes two bytes.
                json.WriteString("content", text.Next(resultBytes * 12 / 13));
                json.WriteEndObject();
            });
        }

        json.WriteEndArray();
    }

    private static void Tool(Utf8JsonWriter json, int index, FillerText text)
    {
        json.WriteStartObject();
        json.WriteString("name", $"Tool{index}");
        json.WriteString("description", text.Next(1200));
        json.WriteStartObject("input_schema");
        json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        Property(json, "path", "string", text, () => json.WriteString("format", "uri"));
        Property(json, "limit", "integer", text, () => json.WriteNumber("exclusiveMinimum", 0));
        Property(json, "mode", "string", text, () => Strings(json, "enum", ["content", "files", "count"]));
        Property(json, "edits", "array", text, () =>
        {
            json.WriteStartObject("items");
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            Property(json, "old_string", "string", text, () => json.WriteNumber("minLength", 1));
            Property(json, "new_string", "string", text, () => json.WriteString("pattern", "^[^\\u0000]*$"));
            json.WriteEndObject();
            Strings(json, "required", ["old_string", "new_string"]);
            json.WriteBoolean("additionalProperties", value: false);
            json.WriteEndObject();
            json.WriteNumber("maxItems", 50);
        });
        json.WriteEndObject();
        Strings(json, "required", ["path"]);
        json.WriteBoolean("additionalProperties", value: false);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Property(Utf8JsonWriter json, string name, string type, FillerText text, Action more)
    {
        json.WriteStartObject(name);
        json.WriteString("type", type);
        json.WriteString("description", text.Next(120));
        more();
        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, string[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void Message(Utf8JsonWriter json, string role, Action content)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteStartArray("content");
        content();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string text, bool cached = false)
    {
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", text);
        if (cached)
        {
            json.WriteStartObject("cache_control");
            json.WriteString("type", "ephemeral");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
