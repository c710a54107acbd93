using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers.Gemini;
using Dragoman.Providers.Gemini.Request;
using Dragoman.Replies;
using Dragoman.Tests.EndToEnd;
using Dragoman.Tests.Providers.Ollama;
using Dragoman.Tokens;

namespace Dragoman.Tests.Providers.Gemini;

/// <summary>The way of an answer from Gemini's bytes to the client's, without HTTP.</summary>
internal sealed class GeminiTranslation
{
    /// <summary>The prompt's estimate.</summary>
    public const int PromptTokens = 100;

    /// <summary>Texts of failures.</summary>
    public static GeminiErrors Errors { get; } = new("gemini", new Uri("https://example.test/"), "Check the key.");

    /// <summary>The client's request.</summary>
    public MessagesRequest Request { get; }

    /// <summary>What the translator knows of it.</summary>
    public AnswerTerms Terms { get; init; }

    /// <summary>Signatures that were remembered, by id.</summary>
    public Dictionary<string, string> Remembered { get; } = new(StringComparer.Ordinal);

    /// <summary>The answer was to be asked for once more.</summary>
    public bool WantsRetry { get; private set; }

    /// <summary>How it ended.</summary>
    public Finish? Finish { get; private set; }

    /// <summary>How it failed.</summary>
    public UpstreamError? Failure { get; private set; }

    /// <summary>Prepares for the answer to a request with further fields.</summary>
    public GeminiTranslation(string fields = "")
    {
        Request = MessagesParser.Parse(Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":1000,{{fields}}"messages":[{"role":"user","content":"hi"}]}"""));
        var options = new GeminiRequestOptions(GeminiFlavour.GeminiApi, SafetyThreshold: "", UserLabels: false);
        var sent = GeminiRequestTranslator.Translate(Request, GeminiModelTraits.Of("gemini-2.5-pro"), options, id => null);
        Terms = new AnswerTerms(Request, sent, "gemini-2.5-pro", new PromptEstimate(PromptTokens, PromptTokens));
    }

    /// <summary>Chunks as server-sent events.</summary>
    public static byte[] Sse(params IEnumerable<string> chunks) => Encoding.UTF8.GetBytes(string.Concat(chunks.Select(chunk => $"data: {chunk}\r\n\r\n")));

    /// <summary>Chunks as the pretty-printed array that comes without <c>alt=sse</c>.</summary>
    public static byte[] Array(params IEnumerable<string> chunks) => Encoding.UTF8.GetBytes($"[{string.Join(",\r\n", chunks.Select(Pretty))}\n]\n");

    /// <summary>A chunk of some parts, given as JSON.</summary>
    public static string Chunk(string parts, string more = "") => $$$"""{"candidates":[{"content":{"role":"model","parts":[{{{parts}}}]}{{{more}}}}]}""";

    /// <summary>A last chunk.</summary>
    public static string Last(string reason = "STOP", string parts = "", string candidate = "", string usage = "\"promptTokenCount\":12,\"candidatesTokenCount\":3") =>
        $$$"""{"candidates":[{"content":{"role":"model","parts":[{{{parts}}}]},"finishReason":"{{{reason}}}"{{{candidate}}}}],"usageMetadata":{{{{usage}}}}}""";

    /// <summary>The events that the client gets for an answer that comes in pieces.</summary>
    public async Task<List<SseEvent>> EventsAsync(byte[] answer, params int[] pieces) => SseEvent.ParseAll(await StreamAsync(answer, pieces));

    /// <summary>The client's stream for an answer that comes in pieces of the given sizes.</summary>
    public async Task<string> StreamAsync(byte[] answer, params int[] pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SseWriter(output, Head);
        var guard = new StreamGuard(Visibility, Author) { Sink = writer };
        writer.StartMessage();
        await ReadAsync(answer, pieces, step =>
        {
            if (step.Kind == ReplyEventKind.Finished) writer.Finish(guard.End(step.Finish.Reason), step.Finish);
            else if (step.Kind == ReplyEventKind.Failed) writer.Fail(step.Error.Kind.ToString(), step.Error.Message, "req_1");
            else guard.Write(step);
        });
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The answer as one message.</summary>
    public async Task<JsonElement> AssembleAsync(byte[] answer)
    {
        var assembler = new MessageAssembler();
        var guard = new StreamGuard(Visibility, Author) { Sink = assembler };
        var output = new ArrayBufferWriter<byte>();
        await ReadAsync(answer, [], step =>
        {
            if (step.Kind == ReplyEventKind.Finished) assembler.Finish(output, Head, guard.End(step.Finish.Reason), step.Finish);
            else guard.Write(step);
        });
        return JsonDocument.Parse(output.WrittenMemory).RootElement;
    }

    /// <summary>A translator of the answer.</summary>
    public StreamTranslator Answer() => new(Terms, Errors, new SequentialIds(), (id, signature) => Remembered[id] = signature);

    private MessageHead Head => new("msg_1", Request.Model, PromptTokens, ReportsEdits: false);

    private static ThinkingSignature Author() => new("gemini", "gemini-2.5-pro", Thinking: null);

    // As Http/ReplySettings does it.
    private ThinkingVisibility Visibility => Request.Thinking switch
    {
        { IsOn: true, Display: ThinkingDisplay.Omitted } => ThinkingVisibility.Sealed,
        { IsOn: true } => ThinkingVisibility.Shown,
        _ => ThinkingVisibility.Hidden,
    };

    // As GeminiProvider does it.
    private async Task ReadAsync(byte[] answer, int[] pieces, Action<ReplyEvent> take)
    {
        await using var stream = new GeminiStream(new PiecewiseStream(answer, pieces), Timeout.InfiniteTimeSpan, CancellationToken.None);
        var translator = Answer();
        var events = new List<ReplyEvent>();
        while (!translator.Ended)
        {
            events.Clear();
            if (await stream.ReadAsync(CancellationToken.None) is { } chunk) translator.Next(chunk, events);
            else translator.EndOfStream(events);
            foreach (var step in events)
            {
                if (step.Kind == ReplyEventKind.Finished) Finish = step.Finish;
                if (step.Kind == ReplyEventKind.Failed) Failure = step.Error;
                take(step);
            }
        }

        WantsRetry = translator.WantsRetry;
    }

    private static string Pretty(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement, Indented);
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\r\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
