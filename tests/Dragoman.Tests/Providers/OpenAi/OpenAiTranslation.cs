using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers.OpenAi;
using Dragoman.Replies;
using Dragoman.Tests.EndToEnd;
using Dragoman.Tests.Providers.Ollama;
using Dragoman.Tokens;
using Dragoman.Tools;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>The way of an answer from an OpenAI-compatible server's bytes to the client's, without HTTP.</summary>
internal sealed class OpenAiTranslation
{
    /// <summary>The prompt's estimate.</summary>
    public const int PromptTokens = 100;

    /// <summary>Fields of a request that thinks and has a tool.</summary>
    public const string ThinkingAndTools =
        """ "thinking":{"type":"adaptive"},"tools":[{"name":"Bash","input_schema":{"type":"object","properties":{"command":{"type":"string"},"timeout":{"type":"integer"}}}},{"name":"Now","input_schema":{"type":"object"}}], """;

    private readonly OpenAiApi _api;

    /// <summary>Prepares for the answer to a request with further fields.</summary>
    public OpenAiTranslation(string fields = "", OpenAiApi api = OpenAiApi.Chat, int maxTokens = 1000)
    {
        _api = api;
        Request = MessagesParser.Parse(Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":{{maxTokens}},{{fields}}"messages":[{"role":"user","content":"hi"}]}"""));
        Terms = new AnswerTerms(Request, ToolOffer.Of(Request), "some-model", new PromptEstimate(PromptTokens, PromptTokens)) { MaxTokens = Request.MaxTokens, WatchedStops = Request.StopSequences };
    }

    /// <summary>Texts of failures.</summary>
    public static OpenAiErrors Errors { get; } = new("up", new Uri("https://example.test/v1/"), hasKey: true);

    /// <summary>The client's request.</summary>
    public MessagesRequest Request { get; }

    /// <summary>What the translator knows of it.</summary>
    public AnswerTerms Terms { get; init; }

    /// <summary>How it ended.</summary>
    public Finish? Finish { get; private set; }

    /// <summary>How it failed.</summary>
    public UpstreamError? Failure { get; private set; }

    /// <summary>The upstream's own signatures.</summary>
    public List<string> Signatures { get; } = [];

    /// <summary>Objects as server-sent events, with <c>[DONE]</c> at their end.</summary>
    public static byte[] Sse(params IEnumerable<string> chunks) => Encoding.UTF8.GetBytes(string.Concat(chunks.Select(chunk => $"data: {chunk}\n\n")) + "data: [DONE]\n\n");

    /// <summary>Objects as server-sent events, without a terminator.</summary>
    public static byte[] Unterminated(params IEnumerable<string> chunks) => Encoding.UTF8.GetBytes(string.Concat(chunks.Select(chunk => $"data: {chunk}\n\n")));

    /// <summary>A chunk with a delta.</summary>
    public static string Delta(string fields) => $$$"""{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{{{{fields}}}},"finish_reason":null}]}""";

    /// <summary>A chunk with a text.</summary>
    public static string Text(string text) => Delta($"\"content\":{JsonSerializer.Serialize(text)}");

    /// <summary>A chunk with an element of <c>tool_calls</c>.</summary>
    public static string Call(string element) => Delta($"\"tool_calls\":[{element}]");

    /// <summary>A last chunk.</summary>
    public static string Last(string reason = "stop", string usage = "") => $$$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{{reason}}}"}]{{{(usage.Length > 0 ? $",\"usage\":{usage}" : "")}}}}""";

    /// <summary>A chunk with nothing but counts.</summary>
    public static string Usage(string usage) => $$$"""{"choices":[],"usage":{{{{usage}}}}}""";

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

    /// <summary>The answer as one line of each block and the stop reason: <c>thinking: …</c>, <c>text: …</c>, <c>Bash(id) {…}</c>, <c>= end_turn</c>.</summary>
    public async Task<string> BlocksAsync(byte[] answer, params int[] pieces)
    {
        var events = await EventsAsync(answer, pieces);
        var lines = new List<string>();
        foreach (var block in events.Where(step => step.Data.TryGetProperty("index", out _)).GroupBy(step => step.Data.GetProperty("index").GetInt32()))
        {
            var start = block.First().Data.GetProperty("content_block");
            lines.Add(start.GetProperty("type").GetString() switch
            {
                "tool_use" => $"{start.GetProperty("name").GetString()}({start.GetProperty("id").GetString()}) {SseEvent.Text(block, "partial_json")}",
                var type => $"{type}: {SseEvent.Text(block, type!)}",
            });
        }

        lines.Add(Failure is { } failure ? $"! {failure.Kind}: {failure.Message}" : $"= {SseEvent.StopReason(events)}");
        return string.Join('\n', lines);
    }

    private MessageHead Head => new("msg_1", Request.Model, PromptTokens, ReportsEdits: false);

    private static ThinkingSignature Author() => new("up", "some-model", Thinking: null);

    // As Http/ReplySettings does it.
    private ThinkingVisibility Visibility => Request.Thinking switch
    {
        { IsOn: true, Display: ThinkingDisplay.Omitted } => ThinkingVisibility.Sealed,
        { IsOn: true } => ThinkingVisibility.Shown,
        _ => ThinkingVisibility.Hidden,
    };

    /// <summary>A translator for this request.</summary>
    public IAnswerTranslator Translator() => _api == OpenAiApi.Responses ? new ResponsesTranslator(Terms, Errors, new SequentialIds()) : new ChatTranslator(Terms, Errors, new SequentialIds());

    // As OpenAiProvider does it.
    private async Task ReadAsync(byte[] answer, int[] pieces, Action<ReplyEvent> take)
    {
        await using var stream = new OpenAiStream(new PiecewiseStream(answer, pieces), Timeout.InfiniteTimeSpan, CancellationToken.None);
        var translator = Translator();
        var events = new List<ReplyEvent>();
        while (!translator.Ended && Failure is null)
        {
            events.Clear();
            var (chunk, broken) = await NextAsync(stream);
            if (chunk is { } bytes) translator.Next(bytes, events);
            else if (broken is null || translator.HasEnding) translator.EndOfStream(stream.IsDone, events);
            else events.Add(ReplyEvent.Failed(broken));
            foreach (var step in events)
            {
                if (step.Kind == ReplyEventKind.Finished) Finish = step.Finish;
                if (step.Kind == ReplyEventKind.Failed) Failure = step.Error;
                if (step.Kind == ReplyEventKind.Signature) Signatures.Add(step.Signature);
                take(step);
            }
        }
    }

    private static async ValueTask<(ReadOnlyMemory<byte>? Chunk, UpstreamError? Error)> NextAsync(OpenAiStream stream)
    {
        try
        {
            return (await stream.ReadAsync(CancellationToken.None), null);
        }
        catch (InvalidDataException other)
        {
            return (null, Errors.Unreadable("some-model", other.Message));
        }
        catch (IOException broken)
        {
            return (null, Errors.Dropped("some-model", broken.Message));
        }
    }
}
