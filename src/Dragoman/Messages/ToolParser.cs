namespace Dragoman.Messages;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>.</summary>
internal static class ToolParser
{
    // Server tools: Anthropic runs them, so their type tag begins with one of these.
    private static readonly string[] ServerTypes = ["web_search_", "web_fetch_", "code_execution_", "tool_search_tool_", "advisor_", "mcp_toolset"];
    private static readonly string[] ClientTypes = ["bash_", "text_editor_", "memory_", "computer_", "browser_toolset_"];

    private const string ExpectedTags =
        "'advisor_20260301', 'bash_20241022', 'bash_20250124', 'browser_toolset_20260801', 'code_execution_20250522', 'code_execution_20250825', "
        + "'code_execution_20260120', 'code_execution_20260521', 'computer_20241022', 'computer_20250124', 'computer_20251124', 'computer_toolset_20260801', "
        + "'custom', 'mcp_toolset', 'memory_20250818', 'text_editor_20241022', 'text_editor_20250124', 'text_editor_20250429', 'text_editor_20250728', "
        + "'tool_search_tool_bm25', 'tool_search_tool_bm25_20251119', 'tool_search_tool_regex', 'tool_search_tool_regex_20251119', 'web_fetch_20250910', "
        + "'web_fetch_20260209', 'web_fetch_20260309', 'web_fetch_20260318', 'web_search_20250305', 'web_search_20260209', 'web_search_20260318'";

    /// <summary>Reads the array of tools.</summary>
    public static List<Tool> ReadTools(ref JsonCursor cursor)
    {
        cursor.ExpectArray();
        var tools = new List<Tool>();
        while (cursor.NextEntry())
        {
            cursor.Path.Push(tools.Count);
            tools.Add(ReadTool(ref cursor));
            cursor.Path.Pop();
        }

        return tools;
    }

    private static Tool ReadTool(ref JsonCursor cursor)
    {
        cursor.ExpectObject();
        var type = cursor.PeekType() ?? "custom";
        var kind = KindOf(type)
            ?? throw cursor.Error($"Input tag '{type}' found using 'type' does not match any of the expected tags: {ExpectedTags}");
        cursor.Path.Push(type);
        var start = cursor;
        var raw = start.Raw();
        string? name = null;
        JsonText description = default;
        ReadOnlyMemory<byte> schema = default, examples = default;
        bool defer = false, strict = false;
        while (cursor.NextProperty())
        {
            var field = cursor.Text();
            cursor.Path.Push(field);
            if (cursor.Value())
            {
                switch (field)
                {
                    case "name": name = cursor.DecodedString(); break;
                    case "mcp_server_name" when name is null: name = cursor.DecodedString(); break;
                    case "description": description = cursor.String(); break;
                    case "input_schema": schema = cursor.RawObject(); break;
                    case "input_examples": examples = cursor.Raw(); break;
                    case "defer_loading": defer = cursor.Boolean(); break;
                    case "strict": strict = cursor.Boolean(); break;
                    case "type" or "cache_control" or "eager_input_streaming": cursor.Raw(); break;
                    default:
                        // The rest configures Anthropic's own tools; it stays in Raw.
                        if (kind == ToolKind.Custom) cursor.NoteIgnored();
                        cursor.Raw();
                        break;
                }
            }

            cursor.Path.Pop();
        }

        // Toolsets have no name on the wire.
        name ??= kind == ToolKind.Custom ? throw cursor.Error("Field required", "name") : type[..type.IndexOf('_')];
        if (kind == ToolKind.Custom && schema.IsEmpty) throw cursor.Error("Field required", "input_schema");
        if (kind == ToolKind.Custom) CheckName(ref cursor, name);
        cursor.Path.Pop();
        return new Tool { Kind = kind, Type = type, Name = name, Description = description, InputSchema = schema, InputExamples = examples, DeferLoading = defer, Strict = strict, Raw = raw };
    }

    private static void CheckName(ref JsonCursor cursor, string name)
    {
        // Documented as 1 to 64 characters; the live API's own error text says 128.
        const int maxNameLength = 128;
        var valid = name.Length is > 0 and <= maxNameLength;
        foreach (var c in name) valid &= char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
        if (!valid) throw cursor.Error("String should match pattern '^[a-zA-Z0-9_-]{1,128}$'", "name");
    }

    private static ToolKind? KindOf(string type)
    {
        if (type == "custom") return ToolKind.Custom;
        if (Array.Exists(ServerTypes, prefix => type.StartsWith(prefix, StringComparison.Ordinal))) return ToolKind.Server;
        if (Array.Exists(ClientTypes, prefix => type.StartsWith(prefix, StringComparison.Ordinal))) return ToolKind.AnthropicClient;
        return null;
    }

    /// <summary>Reads <c>tool_choice</c>.</summary>
    public static ToolChoice ReadToolChoice(ref JsonCursor cursor)
    {
        cursor.ExpectObject();
        var type = cursor.PeekType() ?? throw cursor.Error("Unable to extract tag using discriminator 'type'");
        string? name = null;
        var disableParallel = false;
        while (cursor.NextProperty())
        {
            var field = cursor.Text();
            cursor.Path.Push(field);
            if (cursor.Value())
            {
                if (field == "name") name = cursor.DecodedString();
                else if (field == "disable_parallel_tool_use") disableParallel = cursor.Boolean();
                else cursor.Raw();
            }

            cursor.Path.Pop();
        }

        return type switch
        {
            "auto" => new ToolChoice(ToolChoiceKind.Auto, null, disableParallel),
            "any" => new ToolChoice(ToolChoiceKind.Any, null, disableParallel),
            "none" => new ToolChoice(ToolChoiceKind.None),
            "tool" => new ToolChoice(ToolChoiceKind.Tool, name ?? throw cursor.Error("Field required", "tool.name"), disableParallel),
            _ => throw cursor.Error($"Input tag '{type}' found using 'type' does not match any of the expected tags: 'any', 'auto', 'none', 'tool'"),
        };
    }

    /// <summary>Reads the <c>tool</c> of a <c>tool_addition</c> or <c>tool_removal</c> block.</summary>
    public static ToolChangeBlock ReadToolChange(ref JsonCursor cursor, bool adds)
    {
        cursor.ExpectObject();
        string? name = null;
        Tool? definition = null;
        while (cursor.NextProperty())
        {
            var field = cursor.Text();
            cursor.Path.Push(field);
            if (cursor.Value())
            {
                if (field is "name" or "tool_name") name = cursor.DecodedString();
                // A whole toolset is meant.
                else if (field == "server_name") name ??= cursor.DecodedString();
                else if (field == "definition") definition = ReadTool(ref cursor);
                else cursor.Raw();
            }

            cursor.Path.Pop();
        }

        return new ToolChangeBlock(adds, name ?? definition?.Name ?? "", definition);
    }
}
