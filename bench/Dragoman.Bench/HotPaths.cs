using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Bench.Load;
using Dragoman.Bench.Upstream;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Providers.Ollama;
using Dragoman.Replies;
using Dragoman.Tokens;

namespace Dragoman.Bench;

/// <summary>The steps that every request and every event go through, one by one and without HTTP: what the micro benchmarks time and the tests count the allocations of.</summary>
internal sealed class HotPaths
{
    private const int ContextTokens = 32_768;

    // One more than KnownTools remembers.
    private const int StrangerCount = 65;

    private readonly MessagesRequest _request;
    private readonly OllamaModel _model;
    private readonly RequestTranslator _requests = new(new DragomanOptions(), new OllamaSettings());
    private readonly StreamTranslator _answer;
    private readonly List<ReplyEvent> _events = [];
    private readonly ArrayBufferWriter<byte> _output = new(1 << 20);
    private readonly PooledBuffer _upstream = new();
    private readonly byte[][] _strangers;
    private int _stranger;
    private readonly StreamGuard _guard;
    private readonly byte[][] _lines = [.. Enumerable.Range(1, 30).Select(i => Encoding.UTF8.GetBytes(CannedAnswers.OllamaLine(FillerText.Token(i), i)))];
    private int _next;
    private readonly JsonText _token = JsonText.From(FillerText.Token(1));

    /// <summary>Prepares them with an agent's request of <paramref name="requestBytes"/>.</summary>
    public HotPaths(int requestBytes = 100_000)
    {
        Body = GeneratedRequest.Build(requestBytes, CannedAnswers.Model);
        _request = MessagesParser.Parse(Body);
        using var show = JsonDocument.Parse(CannedAnswers.Show);
        _model = OllamaModel.FromShow(CannedAnswers.Model, show.RootElement);
        _strangers = [.. Enumerable.Range(0, StrangerCount).Select(i => WithOwnTools(Body, i))];
        var chat = _requests.Translate(_request, _model, ContextTokens, _upstream);
        _answer = new StreamTranslator(_request, chat, new PromptSize(1000, ContextTokens), CannedAnswers.Model, new OllamaErrors("ollama", new Uri("http://localhost/")), new IdSource());
        var writer = new SseWriter(_output, new MessageHead("msg_1", CannedAnswers.Model, EstimatedInputTokens: 1000, ReportsEdits: false));
        _guard = new StreamGuard(ThinkingVisibility.Hidden, () => new ThinkingSignature("ollama", CannedAnswers.Model, Thinking: null)) { Sink = writer };
        writer.StartMessage();
    }

    /// <summary>The request's body.</summary>
    public byte[] Body { get; }

    /// <summary>Body to request; returns how many messages it has.</summary>
    public int Parse() => MessagesParser.Parse(Body).Messages.Count;

    /// <summary>The same for a request with tools that were not seen before: one of more clients than are remembered.</summary>
    public int ParseStranger() => MessagesParser.Parse(_strangers[_stranger++ % StrangerCount]).Messages.Count;

    /// <summary>Request to the upstream's body; returns its size.</summary>
    public int Translate()
    {
        _upstream.Clear();
        _requests.Translate(_request, _model, ContextTokens, _upstream);
        return _upstream.Length;
    }

    // Another name for the first tool makes another list.
    private static byte[] WithOwnTools(byte[] body, int number)
    {
        var text = Encoding.UTF8.GetString(body);
        var name = text.IndexOf("\"name\":\"", text.IndexOf("\"tools\"", StringComparison.Ordinal), StringComparison.Ordinal) + "\"name\":\"".Length;
        return Encoding.UTF8.GetBytes(text.Insert(name, $"t{number}_"));
    }

    /// <summary>Counts the request's tokens.</summary>
    public int Count() => PromptCounter.Count(_request);

    /// <summary>One line of the upstream's answer to events; returns how many.</summary>
    public int LineToEvents()
    {
        _events.Clear();
        // Lines that differ, as they do in life.
        _answer.Next(_lines[_next++ % _lines.Length], _events);
        return _events.Count;
    }

    /// <summary>One event to the bytes that the client gets; returns how many.</summary>
    public int EventToBytes()
    {
        _output.ResetWrittenCount();
        _guard.Write(ReplyEvent.OfText(_token));
        return _output.WrittenCount;
    }

    /// <summary>Lines of text as an upstream sends them, for <see cref="AnswerAsync"/>: without the last, so that they can be translated again and again.</summary>
    public static byte[] Lines(int tokens) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, tokens).Select(i => CannedAnswers.OllamaLine(FillerText.Token(i), i) + "\n")));

    /// <summary>A whole answer that comes at once, from the upstream's bytes to the client's; returns how many.</summary>
    public async Task<int> AnswerAsync(byte[] upstream)
    {
        _output.ResetWrittenCount();
        await using var reader = new LineReader(new MemoryStream(upstream), Timeout.InfiniteTimeSpan, CancellationToken.None);
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            _events.Clear();
            _answer.Next(line, _events);
            foreach (var step in _events)
            {
                if (step.Kind == ReplyEventKind.Text) _guard.Write(step);
            }
        }

        return _output.WrittenCount;
    }
}
