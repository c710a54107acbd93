using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>One step of the conversation, in the form that both APIs are written from.</summary>
internal abstract class OpenAiTurn;

/// <summary>The user speaks.</summary>
internal sealed class UserTurn : OpenAiTurn
{
    /// <summary>What is said and shown, in order.</summary>
    public List<OpenAiPart> Parts { get; } = [];
}

/// <summary>The model speaks, thinks and calls.</summary>
internal sealed class AssistantTurn : OpenAiTurn
{
    /// <summary>In the order in which it did.</summary>
    public List<AssistantItem> Items { get; } = [];
}

/// <summary>A tool answers. <paramref name="order"/>: how many calls there were in the conversation before the one that it answers.</summary>
internal sealed class ResultTurn(string callId, string name, int order, bool isError) : OpenAiTurn
{
    /// <summary>The call.</summary>
    public string CallId { get; } = callId;

    /// <summary>The tool, as the upstream knows it.</summary>
    public string Name { get; } = name;

    /// <summary>How many calls there were before.</summary>
    public int Order { get; } = order;

    /// <summary>The tool failed.</summary>
    public bool IsError { get; } = isError;

    /// <summary>What it answered.</summary>
    public List<OpenAiPart> Parts { get; } = [];
}

/// <summary>A piece of what the user says or a tool answers.</summary>
internal abstract record OpenAiPart;

/// <summary>Text.</summary>
internal sealed record TextPart(JsonText Text) : OpenAiPart;

/// <summary>An image, base64.</summary>
internal sealed record ImagePart(string MediaType, JsonText Data) : OpenAiPart;

/// <summary>A PDF, base64.</summary>
internal sealed record FilePart(string Name, JsonText Data) : OpenAiPart;

/// <summary>A piece of what the model did.</summary>
internal abstract record AssistantItem;

/// <summary>Text of the answer.</summary>
internal sealed record Words(JsonText Text) : AssistantItem;

/// <summary>Reasoning. <paramref name="Sealed"/>: JSON that the upstream itself made of it, to be given back as it is; null: there is the text only.</summary>
internal sealed record Thought(JsonText Text, string? Sealed = null) : AssistantItem;

/// <summary>A call. <paramref name="Input"/> is a raw JSON object.</summary>
internal sealed record Call(string Id, string Name, ReadOnlyMemory<byte> Input) : AssistantItem;
