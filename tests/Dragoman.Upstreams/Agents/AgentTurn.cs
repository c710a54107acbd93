namespace Dragoman.Upstreams.Agents;

/// <summary>Who wrote a message of a conversation.</summary>
internal enum AgentRole
{
    /// <summary>Instructions, and whatever else the brain doesn't look at.</summary>
    Other,

    /// <summary>The user, or an agent on the user's behalf.</summary>
    User,

    /// <summary>The model itself.</summary>
    Model,

    /// <summary>A tool: the result of one call.</summary>
    Tool,
}

/// <summary>A message, whatever the upstream's notation.</summary>
/// <param name="Role">Who wrote it.</param>
/// <param name="Text">Its text; a tool's result as text.</param>
/// <param name="CallsTools">Whether the model calls a tool in it.</param>
internal sealed record AgentMessage(AgentRole Role, string Text, bool CallsTools = false);

/// <summary>A call as <see cref="AgentBrain"/> sees it.</summary>
internal sealed record AgentTurn
{
    /// <summary>The conversation so far. Results of several calls stand in the order of the calls.</summary>
    public required IReadOnlyList<AgentMessage> Messages { get; init; }

    /// <summary>The tools that may be called.</summary>
    public required IReadOnlyList<string> ToolNames { get; init; }

    /// <summary>How often this very conversation was sent before.</summary>
    public required int Attempt { get; init; }

    /// <summary>Whether the answer is held to a JSON schema.</summary>
    public required bool AnswersInJson { get; init; }
}

/// <summary>One thing that the model does.</summary>
internal abstract record AgentStep;

internal sealed record SayStep(string Text) : AgentStep;

internal sealed record ThinkStep(string Text) : AgentStep;

/// <summary>Calls tools, all at once.</summary>
internal sealed record CallStep(IReadOnlyList<AgentToolCall> Calls) : AgentStep;

internal sealed record PauseStep(TimeSpan Duration) : AgentStep;

/// <summary>Breaks off with an error; without words, with the upstream's usual one.</summary>
internal sealed record FailStep(string? Words) : AgentStep;

/// <summary>Breaks the connection.</summary>
internal sealed record HangUpStep : AgentStep;

/// <summary>A call.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="ArgumentsJson">The arguments, a JSON object.</param>
internal sealed record AgentToolCall(string Name, string ArgumentsJson);
