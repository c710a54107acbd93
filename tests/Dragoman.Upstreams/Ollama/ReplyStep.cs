namespace Dragoman.Upstreams.Ollama;

/// <summary>The part of a message that a token belongs to.</summary>
internal enum Channel
{
    Thinking,
    Content,
}

/// <summary>One step of a <see cref="ChatReply"/>.</summary>
internal abstract record ReplyStep;

internal sealed record SilenceStep(TimeSpan Duration) : ReplyStep;

internal sealed record GateStep(Func<CancellationToken, Task> WaitAsync) : ReplyStep;

internal sealed record PaceStep(TimeSpan Delay) : ReplyStep;

internal sealed record TokensStep(Channel Channel, IReadOnlyList<string> Pieces) : ReplyStep;

/// <summary>Tool calls; without a placement, where the model puts them.</summary>
internal sealed record ToolCallsStep(IReadOnlyList<ScriptedToolCall> Calls, ToolCallPlacement? Placement) : ReplyStep;

internal sealed record MixedStep(string Thinking, string Content, IReadOnlyList<ScriptedToolCall> Calls) : ReplyStep;

internal sealed record RawLineStep(string Line) : ReplyStep;

internal sealed record ErrorStep(string Text) : ReplyStep;

internal sealed record DropStep : ReplyStep;

internal sealed record EndStep : ReplyStep;

internal sealed record DoneStep(string Reason, int? PromptEval, int? Eval) : ReplyStep;

internal sealed record HttpErrorStep(int Status, string Body, IReadOnlyList<(string Name, string Value)> Headers) : ReplyStep;
