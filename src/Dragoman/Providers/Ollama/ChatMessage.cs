using Dragoman.Messages;

namespace Dragoman.Providers.Ollama;

/// <summary>One entry of <c>messages</c> in a chat request, while it is being put together. Texts are joined by an empty line.</summary>
internal sealed class ChatMessage(string role)
{
    /// <summary>system, user, assistant or tool.</summary>
    public string Role { get; } = role;

    /// <summary>The parts of <c>content</c>.</summary>
    public List<JsonText> Texts { get; } = [];

    /// <summary>The parts of <c>thinking</c>.</summary>
    public List<JsonText> Thinking { get; } = [];

    /// <summary>Base64 images.</summary>
    public List<JsonText> Images { get; } = [];

    /// <summary>Calls of an assistant message: id, name, raw input.</summary>
    public List<(string Id, string Name, ReadOnlyMemory<byte> Input)> Calls { get; } = [];

    /// <summary>The call that a tool message answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>The tool that a tool message is of.</summary>
    public string? ToolName { get; init; }

    /// <summary>Adds text unless it is empty.</summary>
    public void Add(JsonText text)
    {
        if (!text.IsEmpty) Texts.Add(text);
    }

    /// <summary>True when there is nothing in it.</summary>
    public bool IsEmpty => Texts.Count == 0 && Images.Count == 0 && Calls.Count == 0 && Thinking.Count == 0;
}
