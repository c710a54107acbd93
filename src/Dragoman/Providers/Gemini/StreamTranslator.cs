using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers.Gemini.Request;
using Dragoman.Replies;

namespace Dragoman.Providers.Gemini;

/// <summary>
/// Makes reply events of the chunks of an answer. Pure: no I/O, no clock; the same chunks give the same events. Texts in the events are views into the chunk.
/// The answer ends with its stream, not with its finish reason: some versions of the API give one in every chunk, and counts and sources may follow it.
/// </summary>
internal sealed class StreamTranslator
{
    private readonly AnswerTerms _terms;
    private readonly GeminiErrors _errors;
    private readonly FunctionCalls _calls;
    private readonly GroundedText _grounded;
    private readonly StopSequenceWatch? _stop;
    private readonly GeminiChunk _chunk = new();
    private GeminiUsage _usage = GeminiUsage.None;
    private Ending? _ending;
    private string? _reason;
    private int _chunks;
    private int _pieces;
    private bool _answered;
    private bool _visible;
    private bool _thinks;

    /// <summary>Translates the answer to one request.</summary>
    public StreamTranslator(AnswerTerms terms, GeminiErrors errors, IdSource ids, Action<string, string> remember)
    {
        (_terms, _errors) = (terms, errors);
        _calls = new FunctionCalls(terms, ids, remember);
        _grounded = new GroundedText(holds: terms.Sent.WebSearch is not null, ids);
        if (terms.Sent.WatchedStops.Count > 0) _stop = new StopSequenceWatch(terms.Sent.WatchedStops);
    }

    /// <summary>The answer has ended, well or not: what comes after it is of no interest.</summary>
    public bool Ended { get; private set; }

    /// <summary>The answer was none, and the client has seen nothing of it: the request is to be sent once more.</summary>
    public bool WantsRetry { get; private set; }

    /// <summary>The model has said why it ended: what breaks now breaks nothing.</summary>
    public bool HasEnding => _ending is not null;

    /// <summary>Translates one chunk; the events are added to <paramref name="events"/>.</summary>
    public void Next(ReadOnlyMemory<byte> chunk, List<ReplyEvent> events)
    {
        try
        {
            _chunk.Read(chunk);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair where a name is to be compared.
            Fail(_errors.Unreadable(_terms.Model, unreadable.Message), events);
            return;
        }

        if (_chunk.IsError)
        {
            Fail(_errors.FromChunk(chunk, _terms.Model), events);
            return;
        }

        _chunks++;
        if (_chunk.Usage is { } usage) _usage = _usage.With(usage);
        if (_terms.Request.MaxTokens == 0)
        {
            // The cache is warm, and nothing is to be shown.
            End(StopReason.MaxTokens, events);
            return;
        }

        foreach (var part in _chunk.Parts)
        {
            Part(part, events);
            if (Ended) return;
        }

        _grounded.Read(_chunk.Grounding, _chunk.UrlContext);
        NoteEnding();
        _visible |= events.Count > 0;
    }

    /// <summary>The stream is over.</summary>
    public void EndOfStream(List<ReplyEvent> events)
    {
        if (Ended) return;
        if (_ending is null && (_answered || _pieces > 0 || _chunks == 0)) Early(events);
        else if (_ending?.Kind == EndingKind.Refused) Refuse(_ending, events);
        else if (_ending?.Kind == EndingKind.Fruitless) Fruitless(_ending, events);
        else Complete(_ending?.Reason ?? StopReason.EndTurn, events);
    }

    private void Part(in AnswerPart part, List<ReplyEvent> events)
    {
        if (part.Call is { } call)
        {
            _answered = true;
            _thinks = false;
            FlushHeld(events);
            _calls.Add(call, part.Signature, events);
        }
        else if (part.IsThought)
        {
            Thought(part, events);
        }
        else if (PartNotice.Of(part) is { } notice)
        {
            Text(JsonText.From(notice), events);
        }
        else
        {
            // A signature on text is optional, and a thinking block behind the text would hide the text in some clients.
            Text(part.Text, events);
        }
    }

    private void Thought(in AnswerPart part, List<ReplyEvent> events)
    {
        if (!part.Text.IsEmpty) _pieces++;
        if (!_terms.ShowsThoughts) return;
        if (!part.Text.IsEmpty)
        {
            FlushHeld(events);
            events.Add(ReplyEvent.OfThinking(part.Text));
            _thinks = true;
        }

        // It may come with an empty part of its own, behind the thought.
        if (_thinks && part.Signature is { Length: > 0 } signature) events.Add(ReplyEvent.OfSignature(ThoughtSignatures.ThoughtPrefix + signature));
    }

    private void Text(JsonText text, List<ReplyEvent> events)
    {
        if (text.IsEmpty) return;
        _thinks = false;
        _answered = true;
        _pieces++;
        if (_stop is null)
        {
            Show(text, events);
            return;
        }

        Show(JsonText.From(_stop.Append(text.ToString())), events);
        if (_stop.Hit is not null) End(StopReason.StopSequence, events);
    }

    private void FlushHeld(List<ReplyEvent> events)
    {
        if (_stop is not null) Show(JsonText.From(_stop.Flush()), events);
    }

    private void Show(JsonText text, List<ReplyEvent> events)
    {
        if (text.IsEmpty || _grounded.Hold(text)) return;
        events.Add(ReplyEvent.OfText(text));
    }

    private void NoteEnding()
    {
        if (_chunk.BlockReason is { } blocked) Note(Ending.OfBlock(blocked), blocked, _chunk.BlockMessage);
        else if (_chunk.FinishReason is { } finished) Note(Ending.OfFinish(finished), finished, _chunk.FinishMessage);
    }

    private void Note(Ending ending, string reason, string? message)
    {
        _reason = reason;
        _ending = string.IsNullOrWhiteSpace(message) ? ending : ending with { Words = $"{ending.Words}: {message.Trim()}" };
    }

    private void Complete(StopReason reason, List<ReplyEvent> events)
    {
        // An empty answer happens; so does one of nothing but thoughts. But a limit that is used up is used up again.
        if (!_answered && reason == StopReason.EndTurn && TryAgain()) return;
        FlushHeld(events);
        // A call that was cut off by the limit must not be run.
        if (reason != StopReason.MaxTokens) _calls.Close(events);
        End(reason, events);
    }

    private void Refuse(Ending ending, List<ReplyEvent> events)
    {
        FlushHeld(events);
        End(StopReason.Refusal, events, $"Gemini ended the answer with {_reason}: {ending.Words}.");
    }

    private void Fruitless(Ending ending, List<ReplyEvent> events)
    {
        if (!TryAgain()) Fail(_errors.Fruitless(_terms.Model, _reason!, ending.Words), events);
    }

    private void Early(List<ReplyEvent> events)
    {
        if (!TryAgain()) Fail(_errors.EndedEarly(_terms.Model), events);
    }

    // Once, and only as long as the client has seen nothing.
    private bool TryAgain()
    {
        if (_visible || _terms.IsRetry) return false;
        return Ended = WantsRetry = true;
    }

    private void Fail(UpstreamError error, List<ReplyEvent> events)
    {
        Ended = true;
        events.Add(ReplyEvent.Failed(error));
    }

    private void End(StopReason reason, List<ReplyEvent> events, string? refusal = null)
    {
        Ended = true;
        _grounded.Release(events);
        var usage = _usage.ToAnthropic(_terms.Prompt.Tokens, _pieces) with { WebSearches = _grounded.Searches, WebFetches = _grounded.Fetches };
        events.Add(ReplyEvent.Finished(new Finish(reason, usage)
        {
            StopSequence = reason == StopReason.StopSequence ? _stop!.Hit : null,
            RefusalExplanation = refusal,
            // OTHER, TOO_MANY_TOOL_CALLS and whatever is new: for a person who wonders why the answer ended.
            UpstreamReason = _ending is { Kind: EndingKind.Complete, Reason: StopReason.EndTurn, Words: not "STOP" } odd ? odd.Words : null,
        }));
    }
}
