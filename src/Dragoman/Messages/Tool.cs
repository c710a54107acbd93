namespace Dragoman.Messages;

/// <summary>Who runs a tool.</summary>
internal enum ToolKind
{
    /// <summary>Defined by the client with a schema of its own and run by the client.</summary>
    Custom,

    /// <summary>Defined by Anthropic (<c>bash_20250124</c>, <c>text_editor_…</c>), run by the client: a model elsewhere has to be told its schema.</summary>
    AnthropicClient,

    /// <summary>Run by the server (<c>web_search_…</c>, <c>mcp_toolset</c>): no model elsewhere has it by itself.</summary>
    Server,
}

/// <summary>One entry of the request's <c>tools</c>.</summary>
internal sealed record Tool
{
    /// <summary>Who runs it.</summary>
    public required ToolKind Kind { get; init; }

    /// <summary>The <c>type</c> tag; <c>custom</c> when absent.</summary>
    public required string Type { get; init; }

    /// <summary>The name that the model calls. A toolset has none on the wire and carries its family's name here.</summary>
    public required string Name { get; init; }

    /// <summary>What the tool does, for the model.</summary>
    public JsonText Description { get; init; }

    /// <summary>Raw JSON Schema of the input; empty when the definition is Anthropic's own.</summary>
    public ReadOnlyMemory<byte> InputSchema { get; init; }

    /// <summary>Raw JSON array of example inputs; empty when there are none.</summary>
    public ReadOnlyMemory<byte> InputExamples { get; init; }

    /// <summary>Hidden from the model until a <see cref="ToolReferenceBlock"/> names it.</summary>
    public bool DeferLoading { get; init; }

    /// <summary>The client asks for input that is guaranteed to fit the schema.</summary>
    public bool Strict { get; init; }

    /// <summary>The whole entry as raw JSON.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }
}

/// <summary>The kinds of <c>tool_choice</c>.</summary>
internal enum ToolChoiceKind { Auto, Any, Tool, None }

/// <summary>Which tool the model may, must or must not call.</summary>
internal sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null, bool DisableParallel = false);
