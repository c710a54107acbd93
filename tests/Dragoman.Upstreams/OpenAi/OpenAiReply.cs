using System.Text.Json;
using Dragoman.Upstreams.Writing;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>
/// The script of one reply, built step by step: <c>new OpenAiReply().Thought("Hm.").Text("Hello")</c>. A complete script may answer many calls, through both APIs.
/// Headers leave with the first chunk. A script without an ending ends with the finish reason that fits.
/// </summary>
public sealed class OpenAiReply
{
    private readonly List<OpenAiStep> steps = [];

    internal IReadOnlyList<OpenAiStep> Steps => steps;

    /// <summary>Whether the script leaves the answer open: it waits or thinks at most. If so a schema or a forced call decides.</summary>
    internal bool LeavesAnswerOpen => steps.TrueForAll(step => step is SilenceStep or GateStep or TextStep { IsThought: true });

    /// <summary>Nothing for a while.</summary>
    public OpenAiReply Silence(TimeSpan duration) => Add(new SilenceStep(duration));

    /// <summary>Nothing until the task completes.</summary>
    public OpenAiReply WaitFor(Task gate) => Add(new GateStep(gate.WaitAsync));

    /// <summary>Thinking, in pieces.</summary>
    public OpenAiReply Thought(string text) => Add(new TextStep(TokenPieces.Of(text), IsThought: true));

    /// <summary>Text, in pieces.</summary>
    public OpenAiReply Text(string text) => Add(new TextStep(TokenPieces.Of(text), IsThought: false));

    /// <summary>Text in exactly these pieces.</summary>
    public OpenAiReply Pieces(params IReadOnlyList<string> pieces) => Add(new TextStep(pieces, IsThought: false));

    /// <summary>Much text: this many tokens of numbered words.</summary>
    public OpenAiReply RepeatText(int tokens) => Add(new TextStep(TokenPieces.Numbered(tokens), IsThought: false));

    /// <summary>A call.</summary>
    public OpenAiReply Call(string name, string argumentsJson = "{}") => Calls((name, argumentsJson));

    /// <summary>Parallel calls.</summary>
    public OpenAiReply Calls(params IReadOnlyList<(string Name, string ArgumentsJson)> calls) => Add(new CallsStep(calls));

    /// <summary>The model refuses, in the field for it.</summary>
    public OpenAiReply Refusal(string text) => Add(new RefusalStep(text));

    /// <summary>A chunk or an event as given, whatever it is.</summary>
    public OpenAiReply Chunk(string json) => Add(new ChunkStep(json));

    /// <summary>Bytes of the body as given.</summary>
    public OpenAiReply Raw(string text) => Add(new RawStep(text));

    /// <summary>The end with this reason, for example <c>content_filter</c>.</summary>
    public OpenAiReply Finish(string reason) => Add(new FinishStep(reason));

    /// <summary>An error: instead of the answer, or in the middle of it.</summary>
    public OpenAiReply Error(int status, string message, string type = "server_error", string? code = null) =>
        Add(new ErrorStep(status, $$$"""{"error":{"message":{{{JsonSerializer.Serialize(message)}}},"type":"{{{type}}}","param":null,"code":{{{(code is null ? "null" : $"\"{code}\"")}}}}}"""));

    /// <summary>A status with any body.</summary>
    public OpenAiReply Refuse(int status, string body, string contentType = "application/json", params IReadOnlyList<(string Name, string Value)> headers) => Add(new RefuseStep(status, body, contentType, headers));

    /// <summary>A page for people, with a status that says that all is well.</summary>
    public OpenAiReply Page() => Refuse(200, "<!doctype html><html><title>Sign in</title></html>", "text/html");

    /// <summary>Resets the connection.</summary>
    public OpenAiReply Drop() => Add(new DropStep());

    /// <summary>The stream just ends.</summary>
    public OpenAiReply EndWithoutFinish() => Add(new EndStep());

    private OpenAiReply Add(OpenAiStep step)
    {
        steps.Add(step);
        return this;
    }
}
