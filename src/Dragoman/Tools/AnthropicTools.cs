using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Tools;

/// <summary>
/// The definitions of the tools that Anthropic defines and the client runs (<c>bash_20250124</c>, <c>text_editor_…</c>, <c>memory_…</c>, <c>computer_…</c>):
/// Claude knows them by heart, every other model has to be told. Source: the API's tool reference.
/// </summary>
internal static class AnthropicTools
{
    private const string ShellSchema =
        """{"type":"object","properties":{"command":{"type":"string","description":"The command to run. Required unless restart is true."},"restart":{"type":"boolean","description":"Restart the shell."}}}""";

    private const string EditorSchema =
        """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert"],"description":"What to do."},"path":{"type":"string","description":"Absolute path of the file or folder."},"file_text":{"type":"string","description":"For create: the file's content."},"old_str":{"type":"string","description":"For str_replace: the text to replace; it must occur exactly once."},"new_str":{"type":"string","description":"For str_replace: the new text."},"insert_line":{"type":"integer","description":"For insert: the line after which to insert; 0 is the beginning."},"insert_text":{"type":"string","description":"For insert: the text."},"view_range":{"type":"array","items":{"type":"integer"},"description":"For view: first and last line; -1 is the end."}},"required":["command","path"]}""";

    // The first editors could take a change back, and inserted by another field.
    private static readonly string FirstEditorSchema = EditorSchema.Replace("\"insert\"]", "\"insert\",\"undo_edit\"]", StringComparison.Ordinal)
        .Replace(",\"insert_text\":{\"type\":\"string\",\"description\":\"For insert: the text.\"}", "", StringComparison.Ordinal)
        .Replace("For str_replace: the new text.", "For str_replace and insert: the new text.", StringComparison.Ordinal);

    private const string MemorySchema =
        """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"],"description":"What to do."},"path":{"type":"string","description":"Path below /memories."},"view_range":{"type":"array","items":{"type":"integer"},"description":"For view: first and last line."},"file_text":{"type":"string","description":"For create: the content."},"old_str":{"type":"string","description":"For str_replace: the text to replace."},"new_str":{"type":"string","description":"For str_replace: the new text."},"insert_line":{"type":"integer","description":"For insert: the line after which to insert."},"insert_text":{"type":"string","description":"For insert: the text."},"old_path":{"type":"string","description":"For rename."},"new_path":{"type":"string","description":"For rename."}},"required":["command"]}""";

    private const string ComputerSchema =
        """{"type":"object","properties":{"action":{"type":"string","enum":["key","type","mouse_move","left_click","left_click_drag","right_click","middle_click","double_click","triple_click","screenshot","cursor_position","left_mouse_down","left_mouse_up","scroll","hold_key","wait","zoom"],"description":"What to do."},"coordinate":{"type":"array","items":{"type":"integer"},"description":"[x, y] in pixels from the top left."},"start_coordinate":{"type":"array","items":{"type":"integer"},"description":"For left_click_drag: where to start."},"text":{"type":"string","description":"For type, key and hold_key: the text or keys."},"scroll_direction":{"type":"string","enum":["up","down","left","right"]},"scroll_amount":{"type":"integer"},"duration":{"type":"number","description":"For wait and hold_key: seconds."},"region":{"type":"array","items":{"type":"integer"},"description":"For zoom: [x0, y0, x1, y1]."}},"required":["action"]}""";

    // One loose schema for all members of a toolset: which of the fields a member reads is in its name.
    private const string MemberSchema =
        """{"type":"object","properties":{"coordinate":{"type":"array","items":{"type":"integer"},"description":"[x, y] in pixels."},"start_coordinate":{"type":"array","items":{"type":"integer"}},"text":{"type":"string","description":"Text to type, keys to press, or code to run."},"url":{"type":"string"},"tab_id":{"type":"integer"},"ref":{"type":"string","description":"Reference of an element on the page."},"value":{"type":"string"},"query":{"type":"string"},"paths":{"type":"array","items":{"type":"string"}},"scroll_direction":{"type":"string","enum":["up","down","left","right"]},"scroll_amount":{"type":"integer"},"duration":{"type":"number","description":"Seconds."},"region":{"type":"array","items":{"type":"integer"}}}}""";

    private static readonly string[] ComputerMembers =
    [
        "key", "hold_key", "type", "cursor_position", "mouse_move", "left_mouse_down", "left_mouse_up", "left_click", "left_click_drag", "right_click", "middle_click",
        "double_click", "triple_click", "scroll", "wait", "screenshot", "zoom",
    ];

    private static readonly string[] BrowserMembers =
    [
        "navigate", "list_tabs", "new_tab", "switch_tab", "close_tab", "read_page", "get_page_text", "read_console", "read_network", "find", "form_input", "file_upload",
        "scroll_to", "screenshot", "zoom", "left_click", "right_click", "middle_click", "double_click", "triple_click", "hover", "left_click_drag", "left_mouse_down",
        "left_mouse_up", "mouse_move", "scroll", "type", "key", "hold_key", "wait", "javascript_exec",
    ];

    // Fields of an entry that every tool may have; what else stands there are the settings of this one.
    private static readonly string[] CommonFields = ["type", "name", "cache_control", "defer_loading", "strict", "input_examples", "allowed_callers", "eager_input_streaming", "configs"];

    // A client sends the same tools in every turn, and what is made of them is kept by their identity.
    private static readonly ConditionalWeakTable<Tool, IReadOnlyList<Tool>> Expanded = [];

    /// <summary>The tool itself, or the tools with full definitions that stand for one of Anthropic's.</summary>
    public static IReadOnlyList<Tool> Expand(Tool tool) => tool.Kind == ToolKind.AnthropicClient ? Expanded.GetValue(tool, Define) : [tool];

    private static IReadOnlyList<Tool> Define(Tool tool)
    {
        if (tool.Type.StartsWith("computer_toolset_", StringComparison.Ordinal)) return Members(tool, "computer", ComputerMembers);
        if (tool.Type.StartsWith("browser_toolset_", StringComparison.Ordinal)) return Members(tool, "browser", BrowserMembers);
        var (description, schema) = Definition(tool.Type);
        // The size of the screen, for one, is not a thing that a model could guess.
        var settings = Settings(tool);
        return [tool with { Description = JsonText.From(settings is null ? description : $"{description} Settings: {settings}"), InputSchema = Encoding.UTF8.GetBytes(schema) }];
    }

    /// <summary>The toolset that a tool made by <see cref="Expand"/> belongs to; null for all others. Clients want it echoed in the call.</summary>
    public static string? ToolsetOf(Tool tool) =>
        tool.Type.StartsWith("computer_toolset_", StringComparison.Ordinal) ? "computer" : tool.Type.StartsWith("browser_toolset_", StringComparison.Ordinal) ? "browser" : null;

    private static (string Description, string Schema) Definition(string type)
    {
        if (type.StartsWith("bash_", StringComparison.Ordinal)) return ("Runs a command in a shell that keeps its state between calls.", ShellSchema);
        if (type is "text_editor_20241022" or "text_editor_20250124") return ("Views, creates and edits files.", FirstEditorSchema);
        if (type.StartsWith("text_editor_", StringComparison.Ordinal)) return ("Views, creates and edits files.", EditorSchema);
        if (type.StartsWith("memory_", StringComparison.Ordinal)) return ("Reads and writes files below /memories that stay from one conversation to the next. View /memories before anything else.", MemorySchema);
        return ("Controls the computer's screen, mouse and keyboard. Take a screenshot to see the screen.", ComputerSchema);
    }

    private static string? Settings(Tool tool)
    {
        if (tool.Raw.IsEmpty) return null;
        using var entry = JsonDocument.Parse(tool.Raw);
        var own = entry.RootElement.EnumerateObject().Where(field => !CommonFields.Contains(field.Name) && field.Value.ValueKind != JsonValueKind.Null).ToList();
        if (own.Count == 0) return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            json.WriteStartObject();
            foreach (var field in own) field.WriteTo(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static List<Tool> Members(Tool toolset, string family, string[] members)
    {
        using var entry = JsonDocument.Parse(toolset.Raw);
        var configs = entry.RootElement.TryGetProperty("configs", out var given) ? given : default;
        var tools = new List<Tool>(members.Length);
        foreach (var member in members)
        {
            var config = configs.ValueKind == JsonValueKind.Object && configs.TryGetProperty(member, out var own) ? own : default;
            if (Flag(config, "enabled") == false) continue;
            tools.Add(toolset with
            {
                Name = member,
                Description = JsonText.From($"{member.Replace('_', ' ')} (of the {family} toolset)"),
                InputSchema = Encoding.UTF8.GetBytes(MemberSchema),
                DeferLoading = Flag(config, "defer_loading") ?? toolset.DeferLoading,
            });
        }

        return tools;
    }

    private static bool? Flag(JsonElement config, string name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
}
