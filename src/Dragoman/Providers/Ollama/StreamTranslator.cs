using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.Ollama;

/// <summary>
/// Makes reply events of the lines of a chat answer. Pure: no I/O, no clock; the same lines give the same events. Texts in the events are views into the line.
/// </summary>
internal sealed class StreamTranslator
{
    private readonly MessagesRequest _request;
    private readonly ChatRequest _chat;
    private readonly PromptSize _prompt;
    private readonly string _model;
    private readonly OllamaErrors _errors;
    private readonly ToolCallTranslator _calls;
    private readonly StopSequenceWatch? _stop;
    private readonly StringBuilder? _forced;
    private readonly ChatLine _line = new();
    private int _pieces;

    /// <summary>Translates the answer to one request.</summary>
    public StreamTranslator(MessagesRequest request, ChatRequest chat, PromptSize prompt, string model, OllamaErrors errors, IdSource ids)
    {
        (_request, _chat, _prompt, _model, _errors) = (request, chat, prompt, model, errors);
        _calls = new ToolCallTranslator(request, chat.Offer, ids);
        if (request.StopSequences.Count > 0) _stop = new StopSequenceWatch(request.StopSequences);
        if (chat.Forced is not null) _forced = new StringBuilder();
    }

    /// <summary>The answer has ended, well or not: what comes after it is of no interest.</summary>
    public bool Ended { get; private set; }

    /// <summary>Translates one line; the events are added to <paramref name="events"/>.</summary>
    public void Next(ReadOnlyMemory<byte> line, List<ReplyEvent> events)
    {
        try
        {
            _line.Read(line);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair where a name is to be compared.
            Fail(_errors.Unreadable(_model, unreadable.Message), events);
            return;
        }

        if (_line.Error is { } error)
        {
            Fail(_errors.FromLine(error, _model, _prompt), events);
            return;
        }

        if (_request.MaxTokens > 0)
        {
            Thinking(events);
            Text(events);
            if (!Ended) Calls(events);
        }

        if (_line.Done && !Ended) Finish(events);
    }

    /// <summary>The connection closed without a last line.</summary>
    public void EndOfStream(List<ReplyEvent> events)
    {
        if (!Ended) Fail(_errors.EndedEarly(_model), events);
    }

    /// <summary>The connection broke.</summary>
    public void Break(UpstreamError error, List<ReplyEvent> events) => Fail(error, events);

    private void Fail(UpstreamError error, List<ReplyEvent> events)
    {
        Ended = true;
        events.Add(ReplyEvent.Failed(error));
    }

    private void Thinking(List<ReplyEvent> events)
    {
        if (_line.Thinking.IsEmpty) return;
        FlushHeld(events);
        _pieces++;
        events.Add(ReplyEvent.OfThinking(_line.Thinking));
    }

    private void Text(List<ReplyEvent> events)
    {
        if (_line.Content.IsEmpty) return;
        _pieces++;
        if (_forced is not null)
        {
            _forced.Append(_line.Content.ToString());
            return;
        }

        if (_stop is null)
        {
            events.Add(ReplyEvent.OfText(_line.Content));
            return;
        }

        Show(_stop.Append(_line.Content.ToString()), events);
        // Ollama isn't told of the sequences, because it doesn't tell which one it stopped at; so this is where its answer ends.
        if (_stop.Hit is not null) End(StopReason.StopSequence, events);
    }

    private void Calls(List<ReplyEvent> events)
    {
        foreach (var (id, name, arguments) in _line.Calls)
        {
            if (_request.ToolChoice is { DisableParallel: true } && _calls.Count > 0) break;
            FlushHeld(events);
            _calls.Translate(id, name, arguments, events);
        }
    }

    private void Finish(List<ReplyEvent> events)
    {
        FlushHeld(events);
        if (_forced is not null && _request.MaxTokens > 0) ForcedAnswer(events);
        End(Reason(), events);
    }

    // "length" has two causes: the client's limit, or a full context.
    private StopReason Reason()
    {
        if (_request.MaxTokens == 0) return StopReason.MaxTokens;
        if (_line.DoneReason != "length") return StopReason.EndTurn;
        return _line.OutputTokens > 0 && _line.OutputTokens < _chat.MaxTokens ? StopReason.ModelContextWindowExceeded : StopReason.MaxTokens;
    }

    private void ForcedAnswer(List<ReplyEvent> events)
    {
        var answer = _forced!.ToString();
        if (_chat.Forced!.Read(answer, cutOff: _line.DoneReason == "length") is { } call) _calls.Translate(id: null, call.Name, call.Input, events);
        else Show(answer, events);
    }

    private void FlushHeld(List<ReplyEvent> events)
    {
        if (_stop is not null) Show(_stop.Flush(), events);
    }

    private static void Show(string text, List<ReplyEvent> events)
    {
        if (text.Length > 0) events.Add(ReplyEvent.OfText(JsonText.From(text)));
    }

    private void End(StopReason reason, List<ReplyEvent> events)
    {
        Ended = true;
        // An answer that we cut ourselves has no last line; a piece is about a token.
        var output = _request.MaxTokens == 0 ? 0 : _line.Done ? _line.OutputTokens : _pieces;
        var usage = new Usage(_line.PromptTokens > 0 ? _line.PromptTokens : _prompt.Tokens, output);
        events.Add(ReplyEvent.Finished(new Finish(reason, usage) { StopSequence = reason == StopReason.StopSequence ? _stop!.Hit : null, Timings = Timings() }));
    }

    private UpstreamTimings? Timings() => _line.Done
        ? new UpstreamTimings(Nanoseconds(_line.LoadNanoseconds), Nanoseconds(_line.PrefillNanoseconds), Nanoseconds(_line.DecodeNanoseconds))
        : null;

    private static TimeSpan Nanoseconds(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
