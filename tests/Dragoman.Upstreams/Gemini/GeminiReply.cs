using Dragoman.Upstreams.Serving;
using Dragoman.Upstreams.Writing;

namespace Dragoman.Upstreams.Gemini;

/// <summary>
/// The script of one reply, built step by step: <c>new GeminiReply().Thought("Hm.").Text("Hello")</c>. A complete script may answer many calls.
/// Headers leave with the first chunk. A script without an ending ends with a chunk that has a finish reason: <c>STOP</c>, or <c>MAX_TOKENS</c> when the
/// request's limit is used up. Models that sign do so on the first call of the reply, or else on an empty last text.
/// </summary>
public sealed class GeminiReply
{
    // A chunk of the real service holds some words.
    private const int TokensPerChunk = 4;

    private readonly List<GeminiStep> steps = [];

    internal IReadOnlyList<GeminiStep> Steps => steps;

    /// <summary>Whether the script leaves the answer open: it waits or thinks at most and ends regularly. If so a format or a forced call decides.</summary>
    internal bool LeavesAnswerOpen => steps.TrueForAll(step => step is SilenceStep or GateStep or PaceStep or GroundingStep or UsageStep or TextStep { IsThought: true });

    /// <summary>Nothing for a while.</summary>
    public GeminiReply Silence(TimeSpan duration) => Add(new SilenceStep(duration));

    /// <summary>Nothing until the task completes.</summary>
    public GeminiReply WaitFor(Task gate) => Add(new GateStep(gate.WaitAsync));

    /// <summary>Nothing until the semaphore lets this call in; each call takes one release.</summary>
    public GeminiReply WaitFor(SemaphoreSlim gate) => Add(new GateStep(gate.WaitAsync));

    /// <summary>From here on, a pause before each chunk.</summary>
    public GeminiReply DelayBetweenChunks(TimeSpan delay) => Add(new PaceStep(delay));

    /// <summary>A thought, in chunks of some words. Left out when the request doesn't include thoughts, but counted when the model thinks.</summary>
    public GeminiReply Thought(string text) => Add(new TextStep(Chunks(text), IsThought: true));

    /// <summary>Text, in chunks of some words.</summary>
    public GeminiReply Text(string text) => Add(new TextStep(Chunks(text), IsThought: false));

    /// <summary>Text in exactly these chunks.</summary>
    public GeminiReply Text(params IReadOnlyList<string> chunks) => Add(new TextStep(chunks, IsThought: false));

    /// <summary>Much text: this many tokens of numbered words.</summary>
    public GeminiReply RepeatText(int tokens) => Add(new TextStep([.. TokenPieces.Numbered(tokens).Chunk(TokensPerChunk).Select(words => string.Concat(words))], IsThought: false));

    /// <summary>A function call in a chunk of its own; streamed by its arguments when the request allows it.</summary>
    /// <param name="name">The function's name.</param>
    /// <param name="argumentsJson">The arguments, a JSON object; its key order is kept.</param>
    /// <param name="isTerminated">False leaves out the empty call that ends streamed arguments, as it happens.</param>
    public GeminiReply Call(string name, string argumentsJson = "{}", bool isTerminated = true) => Add(new CallsStep([new(name, argumentsJson)], isTerminated));

    /// <summary>Parallel calls in one chunk.</summary>
    public GeminiReply Calls(params IReadOnlyList<(string Name, string ArgumentsJson)> calls) => Add(new CallsStep(calls, IsTerminated: true));

    /// <summary>A part as given, in a chunk of its own: an image, code, whatever.</summary>
    public GeminiReply Part(string json) => Add(new PartStep(json));

    /// <summary>A chunk as given, whatever it is.</summary>
    public GeminiReply Chunk(string json) => Add(new ChunkStep(json));

    /// <summary>The sources of the answer: the last chunk carries them.</summary>
    public GeminiReply Grounded(Grounding grounding) => Add(new GroundingStep(grounding));

    /// <summary>Counts that differ from the real ones.</summary>
    public GeminiReply Usage(int? prompt = null, int? cached = null, int? candidates = null, int? thoughts = null, int? toolUse = null) =>
        Add(new UsageStep(prompt, cached, candidates, thoughts, toolUse));

    /// <summary>The end with this reason, for example <c>SAFETY</c>.</summary>
    public GeminiReply Finish(string reason, string? message = null) => Add(new FinishStep(reason, message));

    /// <summary>The model wrote a call that can't be read.</summary>
    public GeminiReply MalformedCall() => Finish("MALFORMED_FUNCTION_CALL", "Malformed function call: print(default_api.Bash(command=\"ls");

    /// <summary>An answer with a candidate that has nothing, and <c>STOP</c>.</summary>
    public GeminiReply EmptyCandidate() => Chunk("""{"candidates":[{"content":{"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":9,"totalTokenCount":9},"modelVersion":"simulated","responseId":"empty"}""").Close();

    /// <summary>An answer without candidates, and without a word on why.</summary>
    public GeminiReply NoCandidates() => Chunk("""{"usageMetadata":{"promptTokenCount":9,"totalTokenCount":9},"modelVersion":"simulated","responseId":"empty"}""").Close();

    /// <summary>The prompt is blocked: feedback instead of candidates.</summary>
    public GeminiReply Block(string reason, string? message = null) => Chunk(Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("promptFeedback");
        writer.WriteString("blockReason", reason);
        if (message is not null)
        {
            writer.WriteString("blockReasonMessage", message);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("usageMetadata");
        writer.WriteNumber("promptTokenCount", 9);
        writer.WriteNumber("totalTokenCount", 9);
        writer.WriteEndObject();
        writer.WriteEndObject();
    })).Close();

    /// <summary>An error: instead of the answer, or as a chunk in the middle of it.</summary>
    public GeminiReply Error(GoogleError error) => Add(new ErrorStep(error));

    /// <summary>An error status with a body that isn't Google's own: a proxy's page, for example.</summary>
    public GeminiReply Refuse(int status, string body, string contentType = "text/html") => Add(new RefuseStep(status, body, contentType));

    /// <summary>Resets the connection. What the client has not read by then may be lost: wait for a gate first if the text must arrive.</summary>
    public GeminiReply Drop() => Add(new DropStep());

    /// <summary>The end of the stream without another chunk: what was written so far is the whole answer.</summary>
    public GeminiReply Close() => Add(new CloseStep());

    /// <summary>The stream ends, without a finish reason. In the array form its last bracket is missing, too.</summary>
    public GeminiReply EndWithoutFinish() => Add(new EndStep());

    private static List<string> Chunks(string text) => [.. TokenPieces.Of(text).Chunk(TokensPerChunk).Select(words => string.Concat(words))];

    private GeminiReply Add(GeminiStep step)
    {
        steps.Add(step);
        return this;
    }
}
