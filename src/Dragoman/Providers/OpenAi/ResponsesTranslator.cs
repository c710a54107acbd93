using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.OpenAi;

/// <summary>
/// Makes reply events of the events of <c>/responses</c>. Text and thinking come in deltas; calls and reasoning items are taken whole from the end of their item,
/// so a call that was cut off never leaves.
/// </summary>
internal sealed class ResponsesTranslator : IAnswerTranslator
{
    private readonly AnswerTerms _terms;
    private readonly OpenAiErrors _errors;
    private readonly CallAssembly _calls;
    private readonly AnswerText _text;
    private readonly ResponsesEvent _event = new();
    private readonly HashSet<long> _spoken = [];
    private readonly HashSet<long> _done = [];
    private readonly StringBuilder _refusal = new();
    private OpenAiUsage _usage = OpenAiUsage.None;
    private (long Output, long Summary)? _summary;
    private int _pieces;

    /// <summary>Translates the answer to one request.</summary>
    public ResponsesTranslator(AnswerTerms terms, OpenAiErrors errors, IdSource ids)
    {
        (_terms, _errors) = (terms, errors);
        _calls = new CallAssembly(terms, ids);
        _text = new AnswerText(terms, _calls);
    }

    /// <inheritdoc/>
    public bool Ended { get; private set; }

    /// <inheritdoc/>
    public bool HasEnding => Ended;

    /// <inheritdoc/>
    public void Next(ReadOnlyMemory<byte> chunk, List<ReplyEvent> events)
    {
        try
        {
            _event.Read(chunk);
            if (_event.IsError) Fail(_errors.FromChunk(chunk, _terms), events);
            else Dispatch(chunk, events);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair where a name is to be compared.
            Fail(_errors.Unreadable(_terms.Model, unreadable.Message), events);
        }
    }

    /// <inheritdoc/>
    public void EndOfStream(bool isDone, List<ReplyEvent> events)
    {
        if (!Ended) Fail(_errors.EndedEarly(_terms.Model), events);
    }

    private void Dispatch(ReadOnlyMemory<byte> chunk, List<ReplyEvent> events)
    {
        var shows = _terms.Request.MaxTokens > 0;
        switch (_event.Type)
        {
            case "response.output_text.delta" when shows:
                _spoken.Add(_event.OutputIndex);
                Text(_event.Delta, events);
                break;
            case "response.refusal.delta" when shows:
                _spoken.Add(_event.OutputIndex);
                Refusal(_event.Delta, events);
                break;
            // "reasoning_text" is the model's own thinking, which open models give.
            case "response.reasoning_summary_text.delta" or "response.reasoning_text.delta" when shows:
                _spoken.Add(_event.OutputIndex);
                Summary(events);
                break;
            case "response.output_item.done" when shows:
                Item(_event.OutputIndex, _event.Item, events);
                break;
            case "response.completed" or "response.incomplete" or "response.done" or "response":
                Finish(chunk, events);
                break;
        }
    }

    private void Text(JsonText text, List<ReplyEvent> events)
    {
        if (Ended || text.IsEmpty) return;
        _pieces++;
        _text.Add(text, events);
        // The API knows no stop sequences at all.
        if (_text.Hit is not null) End(StopReason.StopSequence, events);
    }

    private void Refusal(JsonText text, List<ReplyEvent> events)
    {
        _refusal.Append(text.ToString());
        Text(text, events);
    }

    // The parts of a summary are paragraphs.
    private void Summary(List<ReplyEvent> events)
    {
        var part = (_event.OutputIndex, _event.SummaryIndex);
        if (_summary is { } before && before != part && before.Output == part.OutputIndex) Thinking(JsonText.From("\n\n"), events);
        _summary = part;
        Thinking(_event.Delta, events);
    }

    private void Thinking(JsonText thinking, List<ReplyEvent> events)
    {
        if (thinking.IsEmpty) return;
        _text.Flush(events);
        _pieces++;
        events.Add(ReplyEvent.OfThinking(thinking));
    }

    private void Item(long index, ReadOnlyMemory<byte> raw, List<ReplyEvent> events)
    {
        if (Ended || raw.IsEmpty || !_done.Add(index)) return;
        using var document = JsonDocument.Parse(raw);
        var item = document.RootElement;
        switch (JsonTexts.Of(item, "type"))
        {
            case "message" when !_spoken.Contains(index):
                foreach (var part in Parts(item, "content"))
                {
                    if (JsonTexts.Of(part, "refusal") is { Length: > 0 } refusal) Refusal(JsonText.From(refusal), events);
                    else Text(JsonText.From(JsonTexts.Of(part, "text")), events);
                }

                break;
            case "reasoning":
                Reasoning(item, raw, isShown: _spoken.Contains(index), events);
                break;
            case "function_call":
                Call(item, "arguments", events);
                break;
        }
    }

    private void Reasoning(JsonElement item, ReadOnlyMemory<byte> raw, bool isShown, List<ReplyEvent> events)
    {
        if (!isShown)
        {
            var parts = Parts(item, "summary").Concat(Parts(item, "content")).Select(part => JsonTexts.Of(part, "text")).Where(text => text.Length > 0);
            Thinking(JsonText.From(string.Join("\n\n", parts)), events);
        }

        // Without it there is nothing that OpenAI, which keeps nothing, could take back.
        if (JsonTexts.Of(item, "encrypted_content").Length == 0) return;
        _text.Flush(events);
        events.Add(ReplyEvent.OfSignature(SealedReasoning.EncryptedPrefix + Encoding.UTF8.GetString(JsonSlices.OnOneLine(raw).Span)));
    }

    private void Call(JsonElement item, string field, List<ReplyEvent> events)
    {
        // Cut off in the middle by the limit: it must not be run. Whole calls are seen "in_progress", too, in a response that is completed.
        var status = JsonTexts.Of(item, "status");
        if (status == "incomplete" || (status == "in_progress" && _event.Response.Status == "incomplete")) return;
        _text.Flush(events);
        var arguments = item.Find(field) is { } given ? Encoding.UTF8.GetBytes(given.GetRawText()) : [];
        var id = JsonTexts.Of(item, "call_id");
        _calls.AddWhole(id.Length > 0 ? id : JsonTexts.Of(item, "id"), JsonTexts.Of(item, "name"), arguments, events);
    }

    private void Finish(ReadOnlyMemory<byte> chunk, List<ReplyEvent> events)
    {
        var response = _event.Response;
        if (response.Status is "failed" or "cancelled")
        {
            Fail(_errors.FromChunk(chunk, _terms), events);
            return;
        }

        if (response.Usage is { } usage) _usage = _usage.With(usage);
        if (_terms.Request.MaxTokens == 0)
        {
            End(StopReason.MaxTokens, events);
            return;
        }

        Missing(response.Output, events);
        if (Ended) return;
        var ending = response.Status == "incomplete" ? Ending.OfIncomplete(response.IncompleteReason) : new Ending(StopReason.EndTurn);
        _text.Close(isCut: ending.Reason != StopReason.EndTurn, events);
        if (_text.Hit is not null) End(StopReason.StopSequence, events);
        else if (_refusal.Length > 0) End(StopReason.Refusal, events, _refusal.ToString());
        else if (ending.Reason == StopReason.Refusal) End(StopReason.Refusal, events, $"{_terms.Model}: {ending.Words}.");
        else End(ending.Reason, events);
    }

    // What the whole response has and the stream hadn't: all of it, where there was no stream.
    private void Missing(ReadOnlyMemory<byte> output, List<ReplyEvent> events)
    {
        if (output.IsEmpty || output.Span[0] != (byte)'[') return;
        using var items = JsonDocument.Parse(output);
        var index = 0;
        foreach (var item in items.RootElement.EnumerateArray()) Item(index++, Encoding.UTF8.GetBytes(item.GetRawText()), events);
    }

    private static JsonElement.ArrayEnumerator Parts(JsonElement item, string name) => item.Find(name) is { ValueKind: JsonValueKind.Array } parts ? parts.EnumerateArray() : default;

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
        events.Add(ReplyEvent.Finished(new Finish(reason, usage) { StopSequence = reason == StopReason.StopSequence ? _text.Hit : null, RefusalExplanation = refusal }));
    }
}
