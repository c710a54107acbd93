using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Ollama;

/// <summary>Plays a script to one client.</summary>
internal sealed class ChatPlayer(HttpContext http, ChatCall call, PromptRun run, OllamaScenario scenario)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Stamp = "2026-11-21T00:00:00.000000000Z";

    private readonly Random? _split = scenario.SplitSeed is { } seed ? new Random(seed) : null;
    private readonly StringBuilder _text = new();
    private readonly List<string> _lines = [];
    private int _tokens;
    private bool _cut;

    /// <summary>Plays all steps, or as many as fit num_predict and the stop sequences.</summary>
    public async Task PlayAsync(ChatReply reply)
    {
        foreach (var step in reply.Steps)
        {
            if (_cut && step.Kind is not (ReplyStepKind.Done or ReplyStepKind.Drop)) continue;
            if (!await PlayAsync(step)) return;
        }

        if (call.Whole) await WriteWholeAsync();
    }

    private async Task<bool> PlayAsync(ReplyStep step)
    {
        switch (step.Kind)
        {
            case ReplyStepKind.Wait:
                await step.Until!(http.RequestAborted);
                return true;
            case ReplyStepKind.Status:
                http.Response.StatusCode = step.Status;
                foreach (var (name, value) in step.Headers) http.Response.Headers[name] = value;
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync(step.Text, http.RequestAborted);
                return false;
            case ReplyStepKind.Drop:
                await http.Response.Body.FlushAsync(http.RequestAborted);
                http.Abort();
                return false;
            case ReplyStepKind.Content:
                return await ContentAsync(step.Text);
            case ReplyStepKind.Thinking:
                if (call.Thinks) await TokenAsync("thinking", step.Text);
                return true;
            case ReplyStepKind.Line:
                _tokens++;
                await LineAsync($$"""{"model":"{{call.Model.Name}}","created_at":"{{Stamp}}",{{step.Text[1..]}}""");
                return true;
            case ReplyStepKind.RawLine:
                await LineAsync(step.Text);
                return true;
            default:
                await DoneAsync(step);
                return true;
        }
    }

    // The real server looks for stop sequences and ends there, without telling which one it was.
    private async Task<bool> ContentAsync(string piece)
    {
        _text.Append(piece);
        if (call.Request.TryGetProperty("options", out var options) && options.TryGetProperty("stop", out var stop))
        {
            var text = _text.ToString();
            var at = stop.EnumerateArray().Select(sequence => text.IndexOf(sequence.GetString()!, StringComparison.Ordinal)).Where(found => found >= 0).DefaultIfEmpty(-1).Min();
            if (at >= 0)
            {
                _cut = true;
                piece = piece[..Math.Max(0, at - (text.Length - piece.Length))];
            }
        }

        if (piece.Length > 0) await TokenAsync("content", piece);
        return true;
    }

    private async Task TokenAsync(string field, string piece)
    {
        if (call.Option("num_predict") is > 0 and var limit && _tokens >= limit)
        {
            _cut = true;
            return;
        }

        _tokens++;
        if (scenario.Pace > TimeSpan.Zero) await Task.Delay(scenario.Pace, http.RequestAborted);
        var content = field == "content" ? piece : "";
        var thinking = field == "thinking" ? $",\"thinking\":{GoString(piece)}" : "";
        await LineAsync($$"""{"model":"{{call.Model.Name}}","created_at":"{{Stamp}}","message":{"role":"assistant","content":{{GoString(content)}}{{thinking}}},"done":false}""");
    }

    private Task DoneAsync(ReplyStep step)
    {
        var limited = _cut && call.Option("num_predict") is { } limit && _tokens >= limit;
        var reason = limited ? "length" : step.Text;
        var calls = step.Calls.Length == 0 || _cut ? "" : $",\"tool_calls\":[{step.Calls}]";
        var output = step.OutputTokens ?? _tokens;
        var prompt = step.PromptTokens ?? run.Tokens;
        var decode = ModelRunner.DecodeNanoseconds(output);
        // Counts are left out when they are 0 (omitempty).
        var counts = (prompt > 0 ? $",\"prompt_eval_count\":{prompt},\"prompt_eval_duration\":{run.PrefillNanoseconds}" : "") + (output > 0 ? $",\"eval_count\":{output},\"eval_duration\":{decode}" : "");
        return LineAsync($$"""{"model":"{{call.Model.Name}}","created_at":"{{Stamp}}","message":{"role":"assistant","content":""{{calls}}},"done":true,"done_reason":"{{reason}}","total_duration":{{run.LoadNanoseconds + run.PrefillNanoseconds + decode}},"load_duration":{{run.LoadNanoseconds}}{{counts}}}""", last: true);
    }

    // Go's encoder leaves everything readable but <, > and &.
    private static string GoString(string text) => JsonSerializer.Serialize(text, Readable)
        .Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal).Replace("&", "\\u0026", StringComparison.Ordinal);

    private async Task LineAsync(string line, bool last = false)
    {
        if (call.Whole)
        {
            _lines.Add(line);
            return;
        }

        if (!http.Response.HasStarted) http.Response.ContentType = "application/x-ndjson";
        var bytes = Encoding.UTF8.GetBytes(last && scenario.NoTrailingNewline ? line : line + "\n");
        if (_split is null)
        {
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            return;
        }

        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - start, _split.Next(1, 40));
            await http.Response.Body.WriteAsync(bytes.AsMemory(start, length), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            start += length;
        }
    }

    // stream:false: one object; tool calls only if the request had tools.
    private Task WriteWholeAsync()
    {
        var messages = _lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("message")).ToList();
        var content = string.Concat(messages.Select(message => message.GetProperty("content").GetString()));
        var end = _lines[^1].Replace("\"content\":\"\"", $"\"content\":{GoString(content)}", StringComparison.Ordinal);
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(end, http.RequestAborted);
    }
}
