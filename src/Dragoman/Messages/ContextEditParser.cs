using System.Text.Json;

namespace Dragoman.Messages;

/// <summary>Reads one entry of <c>context_management.edits</c>.</summary>
internal static class ContextEditParser
{
    private const string ExpectedTags = "'clear_thinking_20251015', 'clear_tool_uses_20250919', 'compact_20260112'";

    /// <summary>Reads the edit at the cursor.</summary>
    public static ContextEdit Read(ref JsonCursor cursor)
    {
        cursor.ExpectObject();
        var type = cursor.PeekType() ?? throw cursor.Error("Unable to extract tag using discriminator 'type'");
        if (type is not ("clear_tool_uses_20250919" or "clear_thinking_20251015" or "compact_20260112"))
        {
            throw cursor.Error($"Input tag '{type}' found using 'type' does not match any of the expected tags: {ExpectedTags}");
        }

        cursor.Path.Push(type);
        var edit = new ContextEdit { Type = type };
        while (cursor.NextProperty())
        {
            var field = cursor.Text();
            cursor.Path.Push(field);
            if (cursor.Value()) edit = ReadField(ref cursor, edit, field);
            cursor.Path.Pop();
        }

        cursor.Path.Pop();
        return edit;
    }

    private static ContextEdit ReadField(ref JsonCursor cursor, ContextEdit edit, string field)
    {
        switch (field)
        {
            case "trigger":
                var (unit, trigger) = ReadAmount(ref cursor);
                return unit == "tool_uses" ? edit with { TriggerToolUses = trigger } : edit with { TriggerTokens = trigger };
            case "keep" when cursor.Token == JsonTokenType.String:
                return edit with { KeepAll = cursor.DecodedString() == "all" };
            case "keep":
                var (kind, keep) = ReadAmount(ref cursor);
                return kind == "all" ? edit with { KeepAll = true } : edit with { Keep = keep };
            case "clear_at_least":
                return edit with { ClearAtLeast = ReadAmount(ref cursor).Value };
            case "exclude_tools":
                return edit with { ExcludeTools = MessagesParser.ReadStrings(ref cursor) };
            case "clear_tool_inputs" when cursor.Token == JsonTokenType.StartArray:
                return edit with { ClearInputsOf = MessagesParser.ReadStrings(ref cursor) };
            case "clear_tool_inputs":
                return edit with { ClearAllInputs = cursor.Boolean() };
            default:
                cursor.Raw();
                return edit;
        }
    }

    // {"type":"input_tokens","value":100000}
    private static (string? Unit, int? Value) ReadAmount(ref JsonCursor cursor)
    {
        cursor.ExpectObject();
        string? unit = null;
        int? value = null;
        while (cursor.NextProperty())
        {
            var field = cursor.Text();
            cursor.Path.Push(field);
            if (cursor.Value())
            {
                if (field == "type") unit = cursor.DecodedString();
                else if (field == "value") value = cursor.Integer(minimum: 0);
                else cursor.Raw();
            }

            cursor.Path.Pop();
        }

        return (unit, value);
    }
}
