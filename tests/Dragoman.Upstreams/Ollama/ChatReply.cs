using Dragoman.Upstreams.Writing;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// The script of one reply, built step by step: <c>new ChatReply().Thinking("Hm.").Text("Hello").Done()</c>. A script that is
/// complete may answer many calls. Headers leave with the first step that writes, as from the real server, which is silent until the first token.
/// A script without an ending ends with a done line. Thinking is left out when the call does not think (<c>think:false</c>, or a model that cannot).
/// </summary>
public sealed class ChatReply
{
    /// <summary>Asks for an id as Ollama makes it: <c>call_</c> and eight characters.</summary>
    public const string GeneratedId = "(generated)";

    private readonly List<ReplyStep> steps = [];

    internal IReadOnlyList<ReplyStep> Steps => steps;

    /// <summary>
    /// Whether the script leaves the answer open: it waits or thinks at most and ends regularly. If so, and the request has a
    /// <c>format</c>, the reply is an instance of that schema.
    /// </summary>
    internal bool LeavesAnswerOpen =>
        steps.TrueForAll(step => step is SilenceStep or GateStep or PaceStep or TokensStep { Channel: Channel.Thinking } or DoneStep);

    /// <summary>Nothing for a while: loading, queueing, reading the prompt, or writing a tool call, which Ollama withholds until it is whole.</summary>
    public ChatReply Silence(TimeSpan duration) => Add(new SilenceStep(duration));

    /// <summary>Nothing until the task completes.</summary>
    public ChatReply WaitFor(Task gate) => Add(new GateStep(gate.WaitAsync));

    /// <summary>Nothing until the semaphore lets this call in; each call takes one release.</summary>
    public ChatReply WaitFor(SemaphoreSlim gate) => Add(new GateStep(gate.WaitAsync));

    /// <summary>From here on, a pause before each token.</summary>
    public ChatReply DelayBetweenTokens(TimeSpan delay) => Add(new PaceStep(delay));

    /// <summary>Thinking, in chunks as a tokenizer would cut it.</summary>
    public ChatReply Thinking(string text) => Add(new TokensStep(Channel.Thinking, TokenPieces.Of(text)));

    /// <summary>Thinking in exactly these chunks.</summary>
    public ChatReply Thinking(params IReadOnlyList<string> pieces) => Add(new TokensStep(Channel.Thinking, pieces));

    /// <summary>Text, in chunks as a tokenizer would cut it.</summary>
    public ChatReply Text(string text) => Add(new TokensStep(Channel.Content, TokenPieces.Of(text)));

    /// <summary>Text in exactly these chunks.</summary>
    public ChatReply Text(params IReadOnlyList<string> pieces) => Add(new TokensStep(Channel.Content, pieces));

    /// <summary>Much text: this many tokens of numbered words.</summary>
    public ChatReply RepeatText(int tokens) => Add(new TokensStep(Channel.Content, TokenPieces.Numbered(tokens)));

    /// <summary>The same token many times.</summary>
    public ChatReply RepeatText(string token, int count) => Add(new TokensStep(Channel.Content, [.. Enumerable.Repeat(token, count)]));

    /// <summary>A tool call in a chunk of its own, or on the done line for models that put it there.</summary>
    /// <param name="name">The function's name.</param>
    /// <param name="argumentsJson">The arguments, a JSON object; its key order is kept.</param>
    /// <param name="id">The call's id; null for none, as from older and remote servers.</param>
    public ChatReply ToolCall(string name, string argumentsJson, string? id = GeneratedId) =>
        ToolCalls(new ScriptedToolCall(name, argumentsJson, id));

    /// <summary>Several tool calls in one chunk (or on the done line).</summary>
    public ChatReply ToolCalls(params IReadOnlyList<ScriptedToolCall> calls) => Add(new ToolCallsStep(calls, Placement: null));

    /// <summary>A tool call carried by the done line, whatever the model.</summary>
    public ChatReply ToolCallInDone(string name, string argumentsJson, string? id = GeneratedId) =>
        Add(new ToolCallsStep([new ScriptedToolCall(name, argumentsJson, id)], ToolCallPlacement.DoneLine));

    /// <summary>One chunk with thinking, text and tool calls together, as some parsers emit.</summary>
    public ChatReply MixedChunk(string thinking, string content, params IReadOnlyList<ScriptedToolCall> calls) => Add(new MixedStep(thinking, content, calls));

    /// <summary>A line as given, whatever it is.</summary>
    public ChatReply Line(string rawLine) => Add(new RawLineStep(rawLine));

    /// <summary>An error: a line <c>{"error":...}</c> that ends the stream, or HTTP 500 when nothing was written yet.</summary>
    public ChatReply Error(string text) => Add(new ErrorStep(text));

    /// <summary>Resets the TCP connection. What the client has not read by then may be lost: wait for a gate first if the text must arrive.</summary>
    public ChatReply Drop() => Add(new DropStep());

    /// <summary>The stream ends regularly but without a done line, as when Ollama gives up on a model that repeats itself.</summary>
    public ChatReply EndWithoutDone() => Add(new EndStep());

    /// <summary>The done line. Counts that are not given are those of the prompt and of the tokens written; 0 leaves the field out.</summary>
    public ChatReply Done(string reason = "stop", int? promptEval = null, int? eval = null) => Add(new DoneStep(reason, promptEval, eval));

    /// <summary>A script of nothing but an HTTP error; see <see cref="Refuse"/>.</summary>
    public static ChatReply HttpError(int status, string body, params IReadOnlyList<(string Name, string Value)> headers) =>
        new ChatReply().Refuse(status, body, headers);

    /// <summary>An HTTP error instead of a reply. It comes before anything was written, but a silence may come before it.</summary>
    /// <param name="status">The status code.</param>
    /// <param name="body">The body as it is; JSON when it begins with a brace, plain text otherwise.</param>
    /// <param name="headers">More headers, for example <c>("Retry-After", "7")</c>.</param>
    public ChatReply Refuse(int status, string body, params IReadOnlyList<(string Name, string Value)> headers) => Add(new HttpErrorStep(status, body, headers));

    private ChatReply Add(ReplyStep step)
    {
        steps.Add(step);
        return this;
    }
}

/// <summary>A tool call of a script.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="ArgumentsJson">The arguments, a JSON object.</param>
/// <param name="Id">The id; <see cref="ChatReply.GeneratedId"/> for one as Ollama makes it, null for none.</param>
public sealed record ScriptedToolCall(string Name, string ArgumentsJson, string? Id = ChatReply.GeneratedId);
