namespace Dragoman.Messages;

/// <summary>The fields of a block as they were found, whatever its type; the parser builds the block from those that its type has.</summary>
internal struct BlockFields
{
    public JsonText? Text;
    public MediaSource? Source;
    public string? SourceName;
    public string? Title;
    public string? Context;
    public List<ContentBlock>? Content;
    public ReadOnlyMemory<byte> RawContent;
    public List<string>? References;
    public string? Id;
    public string? Name;
    public string? ToolsetName;
    public string? ServerName;
    public ReadOnlyMemory<byte> Input;
    public string? ToolUseId;
    public bool IsError;
    public string? ToolName;
    public JsonText? Thinking;
    public string? Signature;
    public string? Data;
    public ToolChangeBlock? ToolChange;

    /// <summary>The value, or "Field required" at <paramref name="field"/>.</summary>
    public static string Required(ref JsonCursor cursor, string? value, string field) => value ?? throw cursor.Error("Field required", field);

    /// <summary>The text, or "Field required" at <paramref name="field"/>.</summary>
    public static JsonText Required(ref JsonCursor cursor, JsonText? value, string field) => value ?? throw cursor.Error("Field required", field);

    /// <summary>The raw input object, or "Field required".</summary>
    public readonly ReadOnlyMemory<byte> RequiredInput(ref JsonCursor cursor) => Input.IsEmpty ? throw cursor.Error("Field required", "input") : Input;
}
