using System.Text.Json;

namespace Dragoman.Replies;

/// <summary>The fields that a <c>tool_use</c> or <c>server_tool_use</c> block begins with, in a stream and in a whole message.</summary>
internal static class ToolUseFields
{
    /// <summary>Writes type, id, name and caller. The official C# SDK refuses a call without <c>caller</c>.</summary>
    public static void WriteHead(Utf8JsonWriter json, BlockKind kind, ToolCallStart call)
    {
        json.WriteString("type"u8, kind == BlockKind.ServerToolUse ? "server_tool_use"u8 : "tool_use"u8);
        json.WriteString("id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        json.WriteStartObject("caller"u8);
        json.WriteString("type"u8, "direct"u8);
        json.WriteEndObject();
        if (call.ToolsetName is not null) json.WriteString("toolset_name"u8, call.ToolsetName);
    }
}
