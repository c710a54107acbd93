namespace Dragoman.Upstreams.OpenAi;

/// <summary>One step of an <see cref="OpenAiReply"/>.</summary>
internal abstract record OpenAiStep;

internal sealed record SilenceStep(TimeSpan Duration) : OpenAiStep;

internal sealed record GateStep(Func<CancellationToken, Task> WaitAsync) : OpenAiStep;

internal sealed record TextStep(IReadOnlyList<string> Pieces, bool IsThought) : OpenAiStep;

internal sealed record CallsStep(IReadOnlyList<(string Name, string ArgumentsJson)> Calls) : OpenAiStep;

internal sealed record RefusalStep(string Text) : OpenAiStep;

internal sealed record ChunkStep(string Json) : OpenAiStep;

internal sealed record RawStep(string Text) : OpenAiStep;

internal sealed record FinishStep(string Reason) : OpenAiStep;

internal sealed record ErrorStep(int Status, string Json) : OpenAiStep;

internal sealed record RefuseStep(int Status, string Body, string ContentType, IReadOnlyList<(string Name, string Value)> Headers) : OpenAiStep;

internal sealed record DropStep : OpenAiStep;

internal sealed record EndStep : OpenAiStep;
