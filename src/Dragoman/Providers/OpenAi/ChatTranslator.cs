using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.OpenAi;

/// <summary>
/// Makes reply events of the chunks of <c>/chat/completions</c>. The answer ends with its stream, not with its finish reason: counts follow it in a chunk of
/// their own, and some servers give a reason in every chunk.
/// </summary>
internal sealed class ChatTranslator : IAnswerTranslator
{
    private readonly AnswerTerms _terms;
    private readonly OpenAiErrors _errors;
    private readonly CallAssembly _calls;
    private readonly AnswerText _text;
    private readonly ThinkTags _tags = new();
    private readonly ReasoningDetails _details = new();
    private readonly ChatChunk _chunk = new();
    private OpenAiUsage _usage = OpenAiUsage.None;
    private Ending? _ending;
    private string? _stopSequence;
    private string? _refusal;
    private int _pieces;

    /// <summary>Translates the answer to one request.</summary>
    public ChatTranslator(AnswerTerms terms, OpenAiErrors errors, IdSource ids)
    {
        (_terms, _errors) = (terms, errors);
        _calls = new CallAssembly(terms, ids);
        _text = new AnswerText(terms, _calls);
    }

    /// <inheritdoc/>
    public bool Ended { get; private set; }

    /// <inheritdoc/>
    public bool HasEnding => _ending is not null;

    /// <inheritdoc/>
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
            Fail(_errors.FromChunk(chunk, _terms), events);
            return;
        }

        if (_chunk.Usage is { } usage) _usage = _usage.With(usage);
        // 0 means "warm the cache": nothing is to be shown.
        if (_terms.Request.MaxTokens > 0) Delta(events);
        if (!Ended && _chunk.FinishReason is { Length: > 0 } reason) Note(reason);
    }

    /// <inheritdoc/>
    public void EndOfStream(bool isDone, List<ReplyEvent> events)
    {
        if (Ended) return;
        if (_terms.Request.MaxTokens == 0) End(StopReason.MaxTokens, events);
        else if (_ending is { Failure: { } kind, Words: { } words }) Fail(_errors.Ended(_terms.Model, kind, words), events);
        else if (_ending is null && !isDone) Fail(_errors.EndedEarly(_terms.Model), events);
        else Complete(_ending ?? new Ending(StopReason.EndTurn), events);
    }

    private void Delta(List<ReplyEvent> events)
    {
        Thinking(_chunk.Reasoning, events);
        foreach (var thinking in _chunk.ThinkingParts) Thinking(thinking, events);
        Details(events);
        foreach (var text in _chunk.Texts)
        {
            if (_terms.ReadsThinkTags) _tags.Append(text, (isThinking, piece) => Say(isThinking, piece, events));
            else Say(isThinking: false, text, events);
            if (Ended) return;
        }

        Refusal(events);
        foreach (var call in _chunk.Calls)
        {
            Before(events);
            _calls.Add(call, events);
        }
    }

    private void Thinking(JsonText thinking, List<ReplyEvent> events)
    {
        if (thinking.IsEmpty) return;
        _text.Flush(events);
        _pieces++;
        events.Add(ReplyEvent.OfThinking(thinking));
    }

    private void Details(List<ReplyEvent> events)
    {
        if (_chunk.Details.IsEmpty) return;
        var shown = _details.Add(_chunk.Details);
        // The same text usually stands in "reasoning" too.
        if (shown.Length > 0 && _chunk.Reasoning.IsEmpty) Thinking(JsonText.From(shown), events);
    }

    private void Say(bool isThinking, JsonText piece, List<ReplyEvent> events)
    {
        if (Ended) return;
        if (isThinking)
        {
            Thinking(piece, events);
            return;
        }

        if (piece.IsEmpty) return;
        _pieces++;
        SignThinking(events);
        _calls.Leave(events);
        _text.Add(piece, events);
        // The upstream wasn't told of the sequence, so this is where its answer ends.
        if (_text.Hit is not null) End(StopReason.StopSequence, events);
    }

    private void Refusal(List<ReplyEvent> events)
    {
        if (_chunk.Refusal.IsEmpty) return;
        _refusal += _chunk.Refusal.ToString();
        Say(isThinking: false, _chunk.Refusal, events);
    }

    // What was held back comes before a call.
    private void Before(List<ReplyEvent> events)
    {
        _tags.Flush((isThinking, piece) => Say(isThinking, piece, events));
        _text.Flush(events);
        SignThinking(events);
    }

    // The details belong to the thinking that has just ended: they travel in its block.
    private void SignThinking(List<ReplyEvent> events)
    {
        var isNeeded = _terms.ShowsThoughts || _details.IsIrreplaceable;
        if (_details.Take() is { } details && isNeeded) events.Add(ReplyEvent.OfSignature(SealedReasoning.DetailsPrefix + details));
    }

    private void Note(string reason)
    {
        _ending = Ending.Of(reason);
        _stopSequence = _chunk.StopSequence is { } hit && _terms.Request.StopSequences.Contains(hit, StringComparer.Ordinal) ? hit : null;
    }

    private void Complete(Ending ending, List<ReplyEvent> events)
    {
        Before(events);
        if (Ended) return;
        var isCut = ending.Reason != StopReason.EndTurn;
        _calls.Close(isCut, events);
        _text.Close(isCut, events);
        if (_text.Hit is not null) End(StopReason.StopSequence, events);
        else if (_refusal is not null) End(StopReason.Refusal, events, _refusal);
        else if (ending.Reason == StopReason.Refusal) End(StopReason.Refusal, events, $"{_terms.Model}: {ending.Words}.");
        else if (_stopSequence is not null) End(StopReason.StopSequence, events);
        else End(IsContextFull(ending) ? StopReason.ModelContextWindowExceeded : ending.Reason, events);
    }

    // "length" has two causes: the client's limit, or a full context.
    private bool IsContextFull(Ending ending) =>
        ending.Reason == StopReason.MaxTokens && _usage.Generated > 0 && _usage.Generated < _terms.MaxTokens
        && _terms.ContextTokens is { } context && _usage.Prompt + _usage.Generated >= context - 1;

    private void Fail(UpstreamError error, List<ReplyEvent> events)
    {
        Ended = true;
        events.Add(ReplyEvent.Failed(error));
    }

    private void End(StopReason reason, List<ReplyEvent> events, string? refusal = null)
    {
        Ended = true;
        var usage = _usage.ToAnthropic(_terms.Prompt.Tokens, _pieces);
        if (_terms.Request.MaxTokens == 0) usage = usage with { OutputTokens = 0, ThinkingTokens = null };
        events.Add(ReplyEvent.Finished(new Finish(reason, usage)
        {
            StopSequence = reason == StopReason.StopSequence ? _text.Hit ?? _stopSequence : null,
            RefusalExplanation = refusal,
        }));
    }
}
