namespace Dragoman.Upstreams.Gemini;

/// <summary>One step of a <see cref="GeminiReply"/>.</summary>
internal abstract record GeminiStep;

internal sealed record SilenceStep(TimeSpan Duration) : GeminiStep;

internal sealed record GateStep(Func<CancellationToken, Task> WaitAsync) : GeminiStep;

internal sealed record PaceStep(TimeSpan Delay) : GeminiStep;

internal sealed record TextStep(IReadOnlyList<string> Chunks, bool IsThought) : GeminiStep;

internal sealed record CallsStep(IReadOnlyList<(string Name, string ArgumentsJson)> Calls, bool IsTerminated) : GeminiStep;

internal sealed record PartStep(string Json) : GeminiStep;

internal sealed record ChunkStep(string Json) : GeminiStep;

internal sealed record GroundingStep(Grounding Grounding) : GeminiStep;

internal sealed record UsageStep(int? Prompt, int? Cached, int? Candidates, int? Thoughts, int? ToolUse) : GeminiStep;

internal sealed record FinishStep(string Reason, string? Message) : GeminiStep;

internal sealed record ErrorStep(GoogleError Error) : GeminiStep;

internal sealed record RefuseStep(int Status, string Body, string ContentType) : GeminiStep;

internal sealed record DropStep : GeminiStep;

internal sealed record CloseStep : GeminiStep;

internal sealed record EndStep : GeminiStep;
