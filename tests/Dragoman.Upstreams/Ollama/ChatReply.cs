using System.Text.Json;

namespace Dragoman.Upstreams.Ollama;

/// <summary>The script of one answer: what the server does, step by step. Nothing is sent, not even headers, before the first step that writes.</summary>
public sealed class ChatReply
{
    private readonly List<ReplyStep> _steps = [];
    private readonly List<string> _callsInDone = [];
    private bool _ended;
    private int _calls;

    /// <summary>The steps.</summary>
    public IReadOnlyList<ReplyStep> Steps => _steps;

    /// <summary>Says nothing for a while, as while a model loads and reads the prompt.</summary>
    public ChatReply Silence(TimeSpan length) => Add(new ReplyStep(ReplyStepKind.Wait) { Until = cancellation => Task.Delay(length, cancellation) });

    /// <summary>Says nothing until a test lets it go on.</summary>
    public ChatReply WaitFor(Task gate) => Add(new ReplyStep(ReplyStepKind.Wait) { Until = gate.WaitAsync });

    /// <summary>Text, word by word.</summary>
    public ChatReply Text(string text) => Pieces(text, "content");

    /// <summary>Thinking, word by word; left out when the request doesn't want any.</summary>
    public ChatReply Thinking(string text) => Pieces(text, "thinking");

    /// <summary>The same piece of text many times, for a large answer.</summary>
    public ChatReply RepeatText(string piece, int count)
    {
        for (var i = 0; i < count; i++) Add(Piece("content", piece));
        return this;
    }

    /// <summary>A whole tool call in a chunk of its own, as the built-in parsers send it. No <paramref name="id"/>: none is sent, as by older servers.</summary>
    public ChatReply ToolCall(string name, string arguments, string? id = "call_")
    {
        var made = id == "call_" ? $"call_sim{_calls:x5}" : id;
        return Line($$"""{"message":{"role":"assistant","content":"","tool_calls":[{{Call(made, name, arguments)}}]},"done":false}""");
    }

    /// <summary>Tool calls that come with the last line, as from gpt-oss and llama-server.</summary>
    public ChatReply ToolCallInDone(string name, string arguments, string? id = null)
    {
        _callsInDone.Add(Call(id, name, arguments));
        return this;
    }

    /// <summary>A line as it is; <c>model</c> and <c>created_at</c> are added to objects.</summary>
    public ChatReply Line(string json) => Add(new ReplyStep(ReplyStepKind.Line) { Text = json });

    /// <summary>An error in the middle: the last line, while the status stays 200.</summary>
    public ChatReply Error(string text)
    {
        _ended = true;
        return Add(new ReplyStep(ReplyStepKind.RawLine) { Text = $$"""{"error":{{JsonSerializer.Serialize(text)}}}""" });
    }

    /// <summary>The connection breaks.</summary>
    public ChatReply Drop()
    {
        _ended = true;
        return Add(new ReplyStep(ReplyStepKind.Drop));
    }

    /// <summary>The stream ends properly, but without its last line (the token-repeat guard).</summary>
    public ChatReply EndWithoutDone()
    {
        _ended = true;
        return this;
    }

    /// <summary>A refusal before the first byte.</summary>
    public static ChatReply HttpError(int status, string body, params (string Name, string Value)[] headers) =>
        new ChatReply { _ended = true }.Add(new ReplyStep(ReplyStepKind.Status) { Status = status, Text = body, Headers = headers });

    /// <summary>The last line with other values than the usual.</summary>
    public ChatReply Done(string reason, int? promptTokens = null, int? outputTokens = null)
    {
        _ended = true;
        return Add(new ReplyStep(ReplyStepKind.Done) { Text = reason, PromptTokens = promptTokens, OutputTokens = outputTokens, Calls = string.Join(",", _callsInDone) });
    }

    /// <summary>Adds the usual last line unless the script has an end.</summary>
    internal ChatReply Ended() => _ended ? this : Done("stop");

    private string Call(string? id, string name, string arguments)
    {
        var idField = id is null ? "" : $"\"id\":{JsonSerializer.Serialize(id)},";
        return $"{{{idField}\"function\":{{\"index\":{_calls++},\"name\":{JsonSerializer.Serialize(name)},\"arguments\":{arguments}}}}}";
    }

    private ChatReply Pieces(string text, string field)
    {
        for (var start = 0; start < text.Length;)
        {
            var space = text.IndexOf(' ', start + 1);
            var end = space < 0 ? text.Length : space;
            Add(Piece(field, text[start..end]));
            start = end;
        }

        return this;
    }

    private static ReplyStep Piece(string field, string text) => new(field == "thinking" ? ReplyStepKind.Thinking : ReplyStepKind.Content) { Text = text };

    private ChatReply Add(ReplyStep step)
    {
        _steps.Add(step);
        return this;
    }
}

/// <summary>What a step does.</summary>
public enum ReplyStepKind { Wait, Content, Thinking, Line, RawLine, Drop, Status, Done }

/// <summary>One step of a script; which fields count depends on its kind.</summary>
public sealed record ReplyStep(ReplyStepKind Kind)
{
    /// <summary>Text, a JSON line, a body, or a done reason.</summary>
    public string Text { get; init; } = "";

    /// <summary>What to wait for.</summary>
    public Func<CancellationToken, Task>? Until { get; init; }

    /// <summary>HTTP status.</summary>
    public int Status { get; init; }

    /// <summary>Headers of a refusal.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The count of the last line instead of the simulated one.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>The count of the last line instead of the simulated one.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Tool calls that the last line carries, as JSON.</summary>
    public string Calls { get; init; } = "";
}
