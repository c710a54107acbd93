using System.Text.Json;

namespace Dragoman.Messages;

/// <summary>Reads content blocks: every type of the API's reference, each with the fields that mean something to a model elsewhere.</summary>
internal static class BlockParser
{
    // In the order in which the real API lists them.
    private static readonly string[] Tags =
    [
        "advisor_tool_result", "bash_code_execution_tool_result", "browser_state", "code_execution_tool_result", "compaction", "container_upload", "document",
        "fallback", "image", "mcp_tool_listing", "mcp_tool_result", "mcp_tool_use", "redacted_thinking", "search_result", "server_tool_use", "text",
        "text_editor_code_execution_tool_result", "thinking", "tool_addition", "tool_reference", "tool_removal", "tool_result", "tool_search_tool_result",
        "tool_use", "web_fetch_tool_result", "web_search_tool_result",
    ];

    private static readonly string ExpectedTags = string.Join(", ", Tags.Select(tag => $"'{tag}'"));

    /// <summary>Reads the block at the cursor. <paramref name="role"/> is null inside a tool result or a document.</summary>
    public static ContentBlock ReadBlock(ref JsonCursor cursor, Role? role)
    {
        cursor.ExpectObject();
        var type = cursor.PeekType() ?? throw cursor.Error("Unable to extract tag using discriminator 'type'");
        var tag = Array.Find(Tags, known => known == type)
            ?? throw cursor.Error($"Input tag '{type}' found using 'type' does not match any of the expected tags: {ExpectedTags}");
        var start = cursor;
        cursor.Path.Push(tag);
        var fields = ReadFields(ref cursor, tag);
        var block = Build(ref cursor, ref start, tag, fields, role);
        cursor.Path.Pop();
        return block;
    }

    private static ContentBlock Build(ref JsonCursor cursor, ref JsonCursor start, string tag, BlockFields fields, Role? role)
    {
        switch (tag)
        {
            case "text": return new TextBlock(BlockFields.Required(ref cursor, fields.Text, "text"));
            case "image": return new ImageBlock(fields.Source ?? throw cursor.Error("Field required", "source"));
            case "document": return new DocumentBlock(fields.Source ?? throw cursor.Error("Field required", "source"), fields.Title, fields.Context);
            case "search_result": return new SearchResultBlock(fields.SourceName ?? throw cursor.Error("Field required", "source"), fields.Title ?? "", fields.Content ?? []);
            case "tool_use":
                if (role is Role.User) throw cursor.Error("`tool_use` blocks can only be in `assistant` messages");
                return new ToolUseBlock(BlockFields.Required(ref cursor, fields.Id, "id"), BlockFields.Required(ref cursor, fields.Name, "name"), fields.RequiredInput(ref cursor), fields.ToolsetName);
            case "tool_result":
                if (role is Role.Assistant) throw cursor.Error("`tool_result` blocks can only be in `user` messages");
                return new ToolResultBlock(BlockFields.Required(ref cursor, fields.ToolUseId, "tool_use_id"), fields.Content ?? [], fields.IsError);
            case "tool_reference": return new ToolReferenceBlock(BlockFields.Required(ref cursor, fields.ToolName, "tool_name"));
            case "thinking": return new ThinkingBlock(BlockFields.Required(ref cursor, fields.Thinking, "thinking"), fields.Signature ?? throw cursor.Error("Field required", "signature"));
            case "redacted_thinking": return new RedactedThinkingBlock(BlockFields.Required(ref cursor, fields.Data, "data"));
            case "server_tool_use" or "mcp_tool_use":
                return new ServerToolUseBlock(tag, BlockFields.Required(ref cursor, fields.Id, "id"), FullName(fields.ServerName, BlockFields.Required(ref cursor, fields.Name, "name")), fields.RequiredInput(ref cursor));
            case "compaction": return new CompactionBlock(fields.Text);
            case "tool_addition" or "tool_removal": return fields.ToolChange ?? throw cursor.Error("Field required", "tool");
            case "browser_state" or "container_upload" or "fallback" or "mcp_tool_listing": return new OtherBlock(tag, start.Raw());
            default: return new ServerToolResultBlock(tag, BlockFields.Required(ref cursor, fields.ToolUseId, "tool_use_id"), fields.RawContent, fields.References ?? [], fields.IsError);
        }
    }

    // Two MCP servers may have tools of one name; this is how clients call them, too.
    private static string FullName(string? server, string name) => server is null ? name : $"mcp__{server}__{name}";

    private static BlockFields ReadFields(ref JsonCursor cursor, string tag)
    {
        var fields = new BlockFields();
        while (cursor.NextProperty())
        {
            var name = cursor.Text();
            cursor.Path.Push(name);
            if (!ReadField(ref cursor, ref fields, tag, name))
            {
                cursor.Path.Pop();
                cursor.Ignore();
                continue;
            }

            cursor.Path.Pop();
        }

        return fields;
    }

    private static bool ReadField(ref JsonCursor cursor, ref BlockFields fields, string tag, string name)
    {
        switch (name)
        {
            case "type": cursor.Value(); break;
            // Prompt caching marks mean nothing to a model that caches by itself, and there are several in each request: no line in the log for each.
            case "cache_control" or "caller": if (cursor.Value()) cursor.Raw(); break;
            case "text" when tag == "text": if (cursor.Value()) fields.Text = cursor.String(); break;
            case "source": if (cursor.Value()) ReadSource(ref cursor, ref fields, tag); break;
            case "title": if (cursor.Value()) fields.Title = cursor.DecodedString(); break;
            case "context": if (cursor.Value()) fields.Context = cursor.DecodedString(); break;
            case "content": if (cursor.Value()) ReadContent(ref cursor, ref fields, tag); break;
            case "id": if (cursor.Value()) fields.Id = cursor.DecodedString(); break;
            case "name": if (cursor.Value()) fields.Name = cursor.DecodedString(); break;
            case "input": if (cursor.Value()) fields.Input = cursor.RawObject(); break;
            case "toolset_name": if (cursor.Value()) fields.ToolsetName = cursor.DecodedString(); break;
            case "tool_use_id": if (cursor.Value()) fields.ToolUseId = cursor.DecodedString(); break;
            case "is_error": if (cursor.Value()) fields.IsError = cursor.Boolean(); break;
            case "tool_name": if (cursor.Value()) fields.ToolName = cursor.DecodedString(); break;
            case "thinking": if (cursor.Value()) fields.Thinking = cursor.String(); break;
            case "signature": if (cursor.Value()) fields.Signature = cursor.DecodedString(); break;
            case "citations": if (cursor.Value()) ReadCitations(ref cursor); break;
            case "server_name": if (cursor.Value()) fields.ServerName = cursor.DecodedString(); break;
            case "data": if (cursor.Value()) fields.Data = cursor.DecodedString(); break;
            case "tool" when tag is "tool_addition" or "tool_removal": if (cursor.Value()) fields.ToolChange = ToolParser.ReadToolChange(ref cursor, tag == "tool_addition"); break;
            default: return false;
        }

        return true;
    }

    private static void ReadSource(ref JsonCursor cursor, ref BlockFields fields, string tag)
    {
        // search_result names its source by a plain string.
        if (tag == "search_result") fields.SourceName = cursor.DecodedString();
        else fields.Source = MediaSourceParser.Read(ref cursor, tag == "image");
    }

    // `{"enabled":true}` on what may be cited, a list on text that cites. No other model is trained to cite in this form.
    private static void ReadCitations(ref JsonCursor cursor)
    {
        var asked = false;
        if (cursor.Token == JsonTokenType.StartArray)
        {
            while (cursor.NextEntry())
            {
                asked = true;
                cursor.Raw();
            }
        }
        else
        {
            cursor.ExpectObject();
            while (cursor.NextProperty())
            {
                var isEnabled = cursor.Is("enabled"u8);
                if (cursor.Value() && isEnabled) asked = cursor.Boolean();
                else cursor.Raw();
            }
        }

        if (asked) cursor.NoteIgnored();
    }

    private static void ReadContent(ref JsonCursor cursor, ref BlockFields fields, string tag)
    {
        if (tag is "tool_result" or "search_result") fields.Content = MessageParser.ReadContent(ref cursor, role: null);
        else if (tag == "compaction") fields.Text = cursor.String();
        else
        {
            var inside = cursor;
            fields.RawContent = cursor.Raw();
            if (tag == "tool_search_tool_result") fields.References = ReadReferences(ref inside);
        }
    }

    // {"type":"tool_search_tool_search_result","tool_references":[{"type":"tool_reference","tool_name":"x"}]}
    private static List<string> ReadReferences(ref JsonCursor cursor)
    {
        var references = new List<string>();
        if (cursor.Token != JsonTokenType.StartObject) return references;
        while (cursor.NextProperty())
        {
            var isReferences = cursor.Is("tool_references"u8);
            if (!cursor.Value()) continue;
            if (!isReferences)
            {
                cursor.Raw();
                continue;
            }

            cursor.ExpectArray();
            while (cursor.NextEntry())
            {
                if (ReadBlock(ref cursor, role: null) is ToolReferenceBlock reference) references.Add(reference.ToolName);
            }
        }

        return references;
    }
}
