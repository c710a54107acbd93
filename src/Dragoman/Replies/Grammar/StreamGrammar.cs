using System.Text.Json;

namespace Dragoman.Replies.Grammar;

/// <summary>
/// Checks a stream of the Messages API against its grammar: <c>message_start</c>, then blocks one after the other (<c>content_block_start</c>, deltas that fit
/// it, <c>content_block_stop</c>), then <c>message_delta</c> with the stop reason and usage, then <c>message_stop</c>; a <c>ping</c> anywhere between; or an
/// <c>error</c> that ends it. What counts as a fault is what a known client breaks on or loses something by: the SDKs for TypeScript, C# and Python, measured.
/// Takes bytes in whatever pieces they come; does no I/O.
/// </summary>
internal sealed class StreamGrammar
{
    // A stream that is wrong in every event is told of in a page.
    private const int MaxFindings = 50;

    private readonly SseFrameParser _frames = new();
    private readonly List<GrammarFinding> _findings = [];
    private readonly HashSet<string> _callIds = new(StringComparer.Ordinal);
    private readonly List<string> _calls = [];
    private BlockGrammar? _block;
    private int _frame;
    private int _nextIndex;
    private bool _started;
    private bool _ended;
    private (int Frame, string Message)? _brokenInput;

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<GrammarFinding> Findings => _findings;

    /// <summary>How many events came.</summary>
    public int Frames => _frame;

    /// <summary>The stop reason, when it came.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Names of the tools that were called, in order.</summary>
    public IReadOnlyList<string> Calls => _calls;

    /// <summary>Types of the blocks, in order.</summary>
    public List<string> Blocks { get; } = [];

    /// <summary>The message of the <c>error</c> event that ended the stream.</summary>
    public string? Error { get; private set; }

    /// <summary>Checks a whole stream.</summary>
    public static StreamGrammar Check(ReadOnlyMemory<byte> stream)
    {
        var grammar = new StreamGrammar();
        grammar.Add(stream);
        grammar.End();
        return grammar;
    }

    /// <summary>Takes the next bytes.</summary>
    public void Add(ReadOnlyMemory<byte> piece)
    {
        foreach (var frame in _frames.Add(piece)) Take(frame);
    }

    /// <summary>The stream is over.</summary>
    public void End()
    {
        if (_frames.HasRest) AtEnd("the stream was cut in the middle of an event (each ends with an empty line)");
        if (!_ended) AtEnd(_started ? "the stream ended without message_stop or an error event" : "the stream ended without message_start: clients see no answer at all");
        ReportBrokenInput();
    }

    private void Take(SseFrame frame)
    {
        _frame++;
        if (frame.OtherField is { } other) Note($"a line '{other}:' means nothing here");
        if (frame.Data is null)
        {
            if (frame.Event is not null) Fault($"'{frame.Event}' has no data: line");
            return;
        }

        if (frame is { Event: null, Data: "[DONE]" })
        {
            Note("[DONE] belongs to another API; clients drop it");
            return;
        }

        if (frame.Event is null) Fault("there is no event: line: the SDKs drop such an event");
        try
        {
            using var data = JsonDocument.Parse(frame.Data);
            if (data.RootElement.ValueKind == JsonValueKind.Object) Take(frame.Event, data.RootElement);
            else Fault("the data is no JSON object");
        }
        catch (JsonException wrong)
        {
            Fault($"the data is not valid JSON: {wrong.Message}");
        }
    }

    private void Take(string? name, JsonElement data)
    {
        var type = Text(data, "type");
        if (type is null) Fault("the data has no 'type'");
        else if (name is not null && name != type) Fault($"event: says '{name}', the data's type '{type}'");
        type ??= name;
        if (_ended) Fault($"'{type}' after the end of the stream");
        else if (!_started && type is not ("message_start" or "error")) Fault($"'{type}' before message_start: some clients fail on it (a comment line is allowed there)");
        switch (type)
        {
            case "message_start": StartMessage(data); break;
            case "content_block_start": StartBlock(data); break;
            case "content_block_delta": AddDelta(data); break;
            case "content_block_stop": StopBlock(data); break;
            case "message_delta": EndMessage(data); break;
            case "message_stop": StopMessage(); break;
            case "error": Fail(data); break;
            case "ping": break;
            default: Note($"an event '{type}' is not known; clients pass over it"); break;
        }
    }

    private void StartMessage(JsonElement data)
    {
        if (_started) Fault("a second message_start");
        _started = true;
        if (!data.TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.Object) Fault("message_start has no 'message'");
        else MessageGrammar.CheckHead(message, isWhole: false, Fault);
    }

    private void StartBlock(JsonElement data)
    {
        if (_block is not null) Fault($"a block begins although block {_nextIndex - 1} ({_block.Type}) has not ended: blocks come one after the other");
        if (StopReason is not null) Fault("a block begins after message_delta");
        CheckIndex(data, _nextIndex, "the next block's");
        _nextIndex++;
        if (!data.TryGetProperty("content_block", out var block) || block.ValueKind != JsonValueKind.Object || Text(block, "type") is not { } type)
        {
            Fault("content_block_start has no 'content_block' with a type");
            _block = new BlockGrammar("", Fault);
            return;
        }

        Blocks.Add(type);
        _block = new BlockGrammar(type, Fault);
        _block.Start(block);
        if (_block.TakesInput && Text(block, "id") is { Length: > 0 } id && !_callIds.Add(id)) Fault($"the id '{id}' was another call's");
        if (type == "tool_use") _calls.Add(Text(block, "name") ?? "?");
    }

    private void AddDelta(JsonElement data)
    {
        if (_block is null)
        {
            Fault("a content_block_delta outside of a block");
            return;
        }

        CheckIndex(data, _nextIndex - 1, "the open block's");
        if (!data.TryGetProperty("delta", out var delta) || delta.ValueKind != JsonValueKind.Object || Text(delta, "type") is not { } kind) Fault("content_block_delta has no 'delta' with a type");
        else _block.Add(kind, delta);
    }

    private void StopBlock(JsonElement data)
    {
        if (_block is null)
        {
            Fault("a content_block_stop without a block");
            return;
        }

        CheckIndex(data, _nextIndex - 1, "the open block's");
        ReportBrokenInput();
        if (_block.End() is { } broken) _brokenInput = (_frame, broken);
        _block = null;
    }

    private void EndMessage(JsonElement data)
    {
        if (_block is not null) Fault($"message_delta although block {_nextIndex - 1} ({_block.Type}) has not ended");
        if (!data.TryGetProperty("usage", out var usage) || !MessageGrammar.HasNumber(usage, "output_tokens")) Fault("message_delta has no usage.output_tokens: clients fail on that");
        if (!data.TryGetProperty("delta", out var delta) || delta.ValueKind != JsonValueKind.Object) Fault("message_delta has no 'delta'");
        else if (Text(delta, "stop_reason") is { } reason) StopReason = reason;
        if (StopReason is null) return;
        if (StopReason is not ("max_tokens" or "model_context_window_exceeded")) ReportBrokenInput();
        _brokenInput = null;
        MessageGrammar.CheckStopReason(StopReason, _calls.Count > 0, Fault);
    }

    private void StopMessage()
    {
        if (StopReason is null) Fault("message_stop before a message_delta with a stop_reason");
        _ended = true;
    }

    private void Fail(JsonElement data)
    {
        _ended = true;
        Error = MessageGrammar.CheckError(data, Fault);
        // What was open stays open: the client throws it away.
        _brokenInput = null;
    }

    // A call that was cut off at the token limit is the last one, so it is known to be a fault as soon as anything follows but that.
    private void ReportBrokenInput()
    {
        if (_brokenInput is not { } broken) return;
        _brokenInput = null;
        Report(new GrammarFinding(broken.Frame, IsFault: true, broken.Message));
    }

    private void CheckIndex(JsonElement data, int expected, string whose)
    {
        if (!data.TryGetProperty("index", out var index) || index.ValueKind != JsonValueKind.Number || !index.TryGetInt32(out var given)) Fault($"'index' is missing; {whose} is {expected}");
        else if (given != expected) Fault($"index {given}, but {whose} is {expected}");
    }

    private static string? Text(JsonElement value, string name) => value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private void Fault(string message) => Report(new GrammarFinding(_frame, IsFault: true, message));

    private void AtEnd(string message) => Report(new GrammarFinding(0, IsFault: true, message));

    private void Note(string message) => Report(new GrammarFinding(_frame, IsFault: false, message));

    private void Report(GrammarFinding finding)
    {
        if (_findings.Count < MaxFindings) _findings.Add(finding);
    }
}
