using System.Text.Json;

namespace Dragoman.Messages;

/// <summary>Reads the small settings objects: thinking, output_config, context_management, metadata.</summary>
internal static class SettingsParser
{
    /// <summary>Reads <c>thinking</c>.</summary>
    public static Thinking ReadThinking(ref JsonCursor cursor)
    {
        cursor.ExpectObject();
        var type = cursor.PeekType() ?? throw cursor.Error("Unable to extract tag using discriminator 'type'");
        var kind = type switch
        {
            "enabled" => ThinkingKind.Enabled,
            "adaptive" => ThinkingKind.Adaptive,
            "disabled" => ThinkingKind.Disabled,
            "between_tools" => ThinkingKind.BetweenTools,
            _ => throw cursor.Error($"Input tag '{type}' found using 'type' does not match any of the expected tags: 'adaptive', 'between_tools', 'disabled', 'enabled'"),
        };
        cursor.Path.Push(type);
        int? budget = null;
        var display = ThinkingDisplay.Summarized;
        while (cursor.NextProperty())
        {
            var field = cursor.Text();
            cursor.Path.Push(field);
            if (cursor.Value())
            {
                if (field == "budget_tokens") budget = cursor.Integer(minimum: 1024);
                else if (field == "display") display = ReadDisplay(ref cursor);
                else cursor.Raw();
            }

            cursor.Path.Pop();
        }

        if (kind == ThinkingKind.Enabled && budget is null) throw cursor.Error("Field required", "budget_tokens");
        cursor.Path.Pop();
        return new Thinking(kind, budget, display);
    }

    private static ThinkingDisplay ReadDisplay(ref JsonCursor cursor) => cursor.DecodedString() switch
    {
        "summarized" => ThinkingDisplay.Summarized,
        "omitted" => ThinkingDisplay.Omitted,
        "updates" => ThinkingDisplay.Updates,
        _ => throw cursor.Error("Input should be 'summarized', 'omitted' or 'updates'"),
    };

    /// <summary>Reads <c>output_config</c> into the request.</summary>
    public static void ReadOutputConfig(ref JsonCursor cursor, RequestFields request)
    {
        cursor.ExpectObject();
        while (cursor.NextProperty())
        {
            var field = cursor.Text();
            cursor.Path.Push(field);
            if (field == "effort" && cursor.Value()) request.Effort = ReadEffortValue(ref cursor);
            else if (field == "format" && cursor.Value()) request.OutputSchema = ReadFormat(ref cursor);
            else if (field is not ("effort" or "format"))
            {
                cursor.Path.Pop();
                cursor.Ignore();
                continue;
            }

            cursor.Path.Pop();
        }
    }

    /// <summary>Reads the effort of a message's own <c>output_config</c>.</summary>
    public static string? ReadEffort(ref JsonCursor cursor)
    {
        var settings = new RequestFields();
        ReadOutputConfig(ref cursor, settings);
        return settings.Effort;
    }

    private static string ReadEffortValue(ref JsonCursor cursor)
    {
        var effort = cursor.DecodedString();
        return effort is "low" or "medium" or "high" or "xhigh" or "max" ? effort : throw cursor.Error("Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
    }

    /// <summary>Reads an output format: <c>{"type":"json_schema","schema":{…}}</c>.</summary>
    public static ReadOnlyMemory<byte> ReadFormat(ref JsonCursor cursor)
    {
        cursor.ExpectObject();
        ReadOnlyMemory<byte> schema = default;
        while (cursor.NextProperty())
        {
            var field = cursor.Text();
            cursor.Path.Push(field);
            if (cursor.Value())
            {
                if (field == "schema") schema = cursor.RawObject();
                else if (field == "type" && cursor.DecodedString() != "json_schema") throw cursor.Error("Input should be 'json_schema'");
                else if (field != "type") cursor.Raw();
            }

            cursor.Path.Pop();
        }

        return schema.IsEmpty ? throw cursor.Error("Field required", "schema") : schema;
    }

    /// <summary>Reads <c>metadata.user_id</c>.</summary>
    public static string? ReadUserId(ref JsonCursor cursor)
    {
        cursor.ExpectObject();
        string? userId = null;
        while (cursor.NextProperty())
        {
            var isUserId = cursor.Is("user_id"u8);
            if (!cursor.Value()) continue;
            if (isUserId && cursor.Token == JsonTokenType.String) userId = cursor.DecodedString();
            else cursor.Raw();
        }

        return userId;
    }

    /// <summary>True when the array at the cursor has an entry.</summary>
    public static bool ReadHasEntries(ref JsonCursor cursor)
    {
        cursor.ExpectArray();
        var any = false;
        while (cursor.NextEntry())
        {
            any = true;
            cursor.Raw();
        }

        return any;
    }

    /// <summary>Reads <c>context_management.edits</c>.</summary>
    public static List<ContextEdit> ReadContextManagement(ref JsonCursor cursor)
    {
        cursor.ExpectObject();
        var edits = new List<ContextEdit>();
        while (cursor.NextProperty())
        {
            var isEdits = cursor.Is("edits"u8);
            if (!cursor.Value()) continue;
            if (!isEdits)
            {
                cursor.Raw();
                continue;
            }

            cursor.Path.Push("edits");
            cursor.ExpectArray();
            while (cursor.NextEntry())
            {
                cursor.Path.Push(edits.Count);
                edits.Add(ContextEditParser.Read(ref cursor));
                cursor.Path.Pop();
            }

            cursor.Path.Pop();
        }

        return edits;
    }

    /// <summary>The gateway keeps no conversations; clients of the real API know this code and send the whole history instead.</summary>
    public static InvalidRequestException ThreadUnsupported() =>
        new("thread: this gateway keeps no conversations. Send the full conversation without `thread`.", "thread_unsupported_request");

    /// <summary>Answers to a compaction request are signed by Anthropic; a text answer in its place would be taken for a broken one.</summary>
    public static InvalidRequestException CompactionUnsupported() =>
        new("compaction: whole-conversation compaction is not supported by this gateway. Ask the model for a summary in an ordinary message instead.");
}
