using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Providers.Media;
using Dragoman.Providers.Ollama;
using Dragoman.Replies;
using Dragoman.Tools;

namespace Dragoman.Tests.Providers.Ollama;

/// <summary>The way of a request through the provider, and of the answer back, without HTTP.</summary>
internal sealed class Translation
{
    /// <summary>The context size that is asked for.</summary>
    public const int ContextTokens = 32_768;

    // A fixed estimate: how prompts are counted is not what these tests are about.
    private const int PromptTokens = 100;

    private static readonly byte[] ThinkingModel = """{"capabilities":["completion","tools","thinking"],"model_info":{"qwen3.context_length":40960}}"""u8.ToArray();

    private Translation(MessagesRequest request, ChatRequest chat, ReadOnlyMemory<byte> body, string model, IReadOnlyList<AppliedEdit> edits) =>
        (Request, Chat, Bytes, Model, Edits) = (request, chat, body, model, edits);

    /// <summary>The request after context editing and with its media resolved.</summary>
    public MessagesRequest Request { get; }

    /// <summary>What Ollama gets.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What besides is known of it.</summary>
    public ChatRequest Chat { get; }

    /// <summary>The body as text.</summary>
    public string Body => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The model's name.</summary>
    public string Model { get; }

    private IReadOnlyList<AppliedEdit> Edits { get; }

    /// <summary>Translates a request.</summary>
    /// <param name="request">The body of the client's request.</param>
    /// <param name="model">An answer of <c>/api/show</c>, with the name added; null for a model that thinks and calls tools.</param>
    /// <param name="settings"><c>thinkingUnsupported</c>, <c>imagesUnsupported</c> and the provider's section <c>ollama</c>.</param>
    /// <exception cref="InvalidRequestException">The request is refused.</exception>
    public static async Task<Translation> OfAsync(byte[] request, byte[]? model = null, byte[]? settings = null)
    {
        using var show = JsonDocument.Parse(model ?? ThinkingModel);
        var name = show.RootElement.TryGetProperty("name", out var given) ? given.GetString()! : "qwen3:8b";
        var (options, section) = Settings(settings);
        var (edited, edits) = ContextEditing.Apply(MessagesParser.Parse(request), counted => counted);
        var ollama = OllamaModel.FromShow(name, show.RootElement);
        var resolved = await new MediaResolver(options).ResolveAsync(edited, ollama.Sees, CancellationToken.None);
        var body = new ArrayBufferWriter<byte>();
        var chat = new RequestTranslator(options, section).Translate(resolved, ollama, ollama.IsCloud ? null : ContextTokens, body);
        return new Translation(resolved, chat, body.WrittenMemory, name, edits);
    }

    private static (DragomanOptions Options, OllamaSettings Section) Settings(byte[]? settings)
    {
        var options = new DragomanOptions { PdfToText = "", Fetch = new FetchOptions { Enabled = false } };
        if (settings is null) return (options, new OllamaSettings());
        using var json = JsonDocument.Parse(settings);
        if (json.RootElement.TryGetProperty("thinkingUnsupported", out var thinking)) options.ThinkingUnsupported = Enum.Parse<ThinkingUnsupported>(thinking.GetString()!, ignoreCase: true);
        if (json.RootElement.TryGetProperty("imagesUnsupported", out var images)) options.ImagesUnsupported = Enum.Parse<ImagesUnsupported>(images.GetString()!, ignoreCase: true);
        var section = json.RootElement.TryGetProperty("ollama", out var ollama) ? OllamaSettings.Read("ollama", ollama.Clone()) : new OllamaSettings();
        return (options, section);
    }

    /// <summary>A translator of this request's answer.</summary>
    public StreamTranslator Answer() => new(Request, Chat, new PromptSize(PromptTokens, ContextTokens), Model, Errors, new SequentialIds());

    /// <summary>Texts of failures.</summary>
    public static OllamaErrors Errors { get; } = new("ollama", new Uri("http://localhost:11434/"));

    /// <summary>The answer as the client's stream gets it. What the upstream sends comes in pieces of <paramref name="pieces"/> bytes.</summary>
    public async Task<string> StreamAsync(byte[] reply, params int[] pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SseWriter(output, Head());
        var guard = new StreamGuard(Visibility(), () => new ThinkingSignature("ollama", Model, Thinking: null)) { Sink = writer };
        writer.StartMessage();
        await ReadAsync(reply, pieces, step =>
        {
            if (step.Kind == ReplyEventKind.Finished) writer.Finish(guard.End(step.Finish.Reason), step.Finish);
            else if (step.Kind == ReplyEventKind.Failed) writer.Fail(step.Error.Kind.ToString(), step.Error.Message, "req_1");
            else guard.Write(step);
        });
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The answer as one message; null when it failed.</summary>
    public async Task<string?> AssembleAsync(byte[] reply)
    {
        var assembler = new MessageAssembler();
        var guard = new StreamGuard(Visibility(), () => new ThinkingSignature("ollama", Model, Thinking: null)) { Sink = assembler };
        string? message = null;
        await ReadAsync(reply, [], step =>
        {
            if (step.Kind == ReplyEventKind.Failed) return;
            if (step.Kind != ReplyEventKind.Finished)
            {
                guard.Write(step);
                return;
            }

            var output = new ArrayBufferWriter<byte>();
            assembler.Finish(output, Head(), guard.End(step.Finish.Reason), step.Finish);
            message = Encoding.UTF8.GetString(output.WrittenSpan);
        });
        return message;
    }

    // As OllamaProvider does it.
    private async Task ReadAsync(byte[] reply, int[] pieces, Action<ReplyEvent> take)
    {
        await using var lines = new LineReader(new PiecewiseStream(reply, pieces), Timeout.InfiniteTimeSpan, CancellationToken.None);
        var translator = Answer();
        var events = new List<ReplyEvent>();
        while (!translator.Ended)
        {
            events.Clear();
            if (await lines.ReadLineAsync(CancellationToken.None) is { } line) translator.Next(line, events);
            else translator.EndOfStream(events);
            foreach (var step in events) take(step);
        }
    }

    private MessageHead Head() => new("msg_1", Request.Model, PromptTokens, Request.ContextEdits.Count > 0) { AppliedEdits = Edits };

    // As Http/ReplySettings does it.
    private ThinkingVisibility Visibility() => Request.Thinking switch
    {
        { IsOn: true, Display: ThinkingDisplay.Omitted } => ThinkingVisibility.Sealed,
        { IsOn: true } => ThinkingVisibility.Shown,
        _ => ThinkingVisibility.Hidden,
    };
}
