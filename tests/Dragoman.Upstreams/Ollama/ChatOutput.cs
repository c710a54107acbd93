using Dragoman.Upstreams.Serving;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Ollama;

/// <summary>Where a reply goes: line by line, or gathered into one object when the client asked for <c>stream:false</c>.</summary>
internal abstract class ChatOutput(HttpResponse response, ChatCall call, TimeProvider clock)
{
    protected HttpResponse Response { get; } = response;

    protected ChatCall Call { get; } = call;

    /// <summary>The model as the request spelled it.</summary>
    protected string ModelName { get; } = call.Request.FindText("model") ?? call.Model.Name;

    protected DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>A part of the message.</summary>
    public abstract Task WriteAsync(MessagePart part, CancellationToken cancellationToken);

    /// <summary>A line of the script's own.</summary>
    public abstract Task WriteRawAsync(string line, CancellationToken cancellationToken);

    /// <summary>The end, with what the done line itself carries.</summary>
    public abstract Task DoneAsync(MessagePart part, string doneReason, Metrics metrics, CancellationToken cancellationToken);

    /// <summary>The end without a done line.</summary>
    public abstract Task EndAsync(CancellationToken cancellationToken);

    /// <summary>An error in mid-stream: the status has been 200, so it is a line. Before the first byte it is a status.</summary>
    public virtual Task ErrorAsync(string text, CancellationToken cancellationToken) =>
        Response.AnswerAsync(StatusCodes.Status500InternalServerError, GoJson.Error(text), cancellationToken);
}

/// <summary>The reply as NDJSON.</summary>
internal sealed class StreamedOutput(HttpResponse response, ChatCall call, OllamaScenario scenario) : ChatOutput(response, call, scenario.Clock)
{
    private readonly LineWriter lines = new(response, scenario, call.Number);

    public override Task WriteAsync(MessagePart part, CancellationToken cancellationToken) =>
        lines.WriteAsync(ChatLines.Chunk(ModelName, Now, part), isLast: false, cancellationToken);

    public override Task WriteRawAsync(string line, CancellationToken cancellationToken) =>
        lines.WriteAsync(line, isLast: false, cancellationToken);

    public override Task DoneAsync(MessagePart part, string doneReason, Metrics metrics, CancellationToken cancellationToken) =>
        lines.WriteAsync(ChatLines.Done(ModelName, Now, part, doneReason, metrics), isLast: true, cancellationToken);

    public override async Task EndAsync(CancellationToken cancellationToken)
    {
        if (!Response.HasStarted)
        {
            Response.ContentType = "application/x-ndjson";
            await Response.StartAsync(cancellationToken);
        }
    }

    public override Task ErrorAsync(string text, CancellationToken cancellationToken) => Response.HasStarted
        ? lines.WriteAsync(GoJson.Error(text), isLast: true, cancellationToken)
        : base.ErrorAsync(text, cancellationToken);
}

/// <summary>The reply as one JSON object, sent when it is complete.</summary>
internal sealed class GatheredOutput(HttpResponse response, ChatCall call, TimeProvider clock) : ChatOutput(response, call, clock)
{
    private readonly List<MessagePart> parts = [];
    private readonly List<string> rawLines = [];

    public override Task WriteAsync(MessagePart part, CancellationToken cancellationToken)
    {
        parts.Add(part);
        return Task.CompletedTask;
    }

    public override Task WriteRawAsync(string line, CancellationToken cancellationToken)
    {
        rawLines.Add(line);
        return Task.CompletedTask;
    }

    public override Task DoneAsync(MessagePart part, string doneReason, Metrics metrics, CancellationToken cancellationToken)
    {
        parts.Add(part);
        // A script that gives the line itself has the last word.
        var body = rawLines.Count > 0 ? string.Join('\n', rawLines) : ChatLines.Done(ModelName, Now, Whole(), doneReason, metrics);
        return Response.AnswerAsync(StatusCodes.Status200OK, body, cancellationToken);
    }

    /// <summary>Without a done line the client gets what there is, with <c>done:false</c>.</summary>
    public override Task EndAsync(CancellationToken cancellationToken) => Response.AnswerAsync(
        StatusCodes.Status200OK,
        rawLines.Count > 0 ? string.Join('\n', rawLines) : ChatLines.Chunk(ModelName, Now, Whole()),
        cancellationToken);

    private MessagePart Whole() => new(string.Concat(parts.Select(part => part.Thinking)), string.Concat(parts.Select(part => part.Content)))
    {
        // writeChatResponse gathers tool calls only when the request offered tools.
        ToolCalls = Call.ToolNames.Count > 0 ? [.. parts.SelectMany(part => part.ToolCalls)] : parts.LastOrDefault()?.ToolCalls ?? [],
    };
}
