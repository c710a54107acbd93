using System.Globalization;
using System.Text;
using Dragoman.Upstreams.Serving;
using Dragoman.Upstreams.Writing;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>An answer of <c>/responses</c>: items, each with its beginning, its deltas and its end.</summary>
internal sealed class ResponsesOutput(HttpResponse response, OpenAiCall call, OpenAiScenario scenario) : IOpenAiOutput
{
    private readonly PieceWriter writer = new(response, scenario.SplitSeed, call.Number);
    private readonly List<string> items = [];
    private readonly StringBuilder text = new();
    private string? open;
    private int sequence;

    private bool IsWhole => scenario.Oddities.AnswersWhole || !call.Streams;

    public async Task SayAsync(string piece, CancellationToken cancellationToken)
    {
        await OpenAsync("message", """{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}""", cancellationToken);
        text.Append(piece);
        await EventAsync("response.output_text.delta", $$""" "item_id":"msg_1","output_index":{{items.Count}},"content_index":0,"delta":{{Quote(piece)}},"logprobs":[] """, cancellationToken);
    }

    public async Task ThinkAsync(string piece, CancellationToken cancellationToken)
    {
        await OpenAsync("reasoning", """{"id":"rs_1","type":"reasoning","summary":[]}""", cancellationToken);
        if (text.Length == 0)
        {
            await EventAsync("response.reasoning_summary_part.added", $$""" "item_id":"rs_1","output_index":{{items.Count}},"summary_index":0,"part":{"type":"summary_text","text":""} """, cancellationToken);
        }

        text.Append(piece);
        await EventAsync("response.reasoning_summary_text.delta", $$""" "item_id":"rs_1","output_index":{{items.Count}},"summary_index":0,"delta":{{Quote(piece)}} """, cancellationToken);
    }

    public async Task CallAsync(IReadOnlyList<ScriptedCall> calls, CancellationToken cancellationToken)
    {
        foreach (var scripted in calls)
        {
            await CloseAsync(cancellationToken);
            var index = items.Count;
            var item = $$"""{"id":"fc_{{index}}","type":"function_call","status":"STATUS","arguments":ARGUMENTS,"call_id":"{{scripted.Id}}","name":{{Quote(scripted.Name)}}}""";
            await EventAsync("response.output_item.added", $$""" "output_index":{{index}},"item":{{Filled(item, "in_progress", "")}} """, cancellationToken);
            foreach (var piece in TokenPieces.Of(scripted.ArgumentsJson))
            {
                await EventAsync("response.function_call_arguments.delta", $$""" "item_id":"fc_{{index}}","output_index":{{index}},"delta":{{Quote(piece)}} """, cancellationToken);
            }

            await EventAsync("response.function_call_arguments.done", $$""" "item_id":"fc_{{index}}","output_index":{{index}},"arguments":{{Quote(scripted.ArgumentsJson)}} """, cancellationToken);
            await DoneAsync(Filled(item, "completed", scripted.ArgumentsJson), cancellationToken);
        }
    }

    public async Task RefuseAsync(string text, CancellationToken cancellationToken)
    {
        await CloseAsync(cancellationToken);
        await EventAsync("response.refusal.delta", $$""" "item_id":"msg_1","output_index":{{items.Count}},"content_index":0,"delta":{{Quote(text)}} """, cancellationToken);
        await DoneAsync($$"""{"id":"msg_1","type":"message","status":"completed","content":[{"type":"refusal","refusal":{{Quote(text)}}}],"role":"assistant"}""", cancellationToken);
    }

    public Task WriteChunkAsync(string json, CancellationToken cancellationToken) => WriteRawAsync($"data: {json}\n\n", cancellationToken);

    public async Task WriteRawAsync(string text, CancellationToken cancellationToken)
    {
        if (!response.HasStarted)
        {
            response.ContentType = "text/event-stream; charset=utf-8";
        }

        await writer.WriteAsync(text, cancellationToken);
    }

    public async Task FinishAsync(string reason, OpenAiCounts counts, CancellationToken cancellationToken)
    {
        await CloseAsync(cancellationToken);
        var (status, details) = reason switch
        {
            "length" => ("incomplete", """{"reason":"max_output_tokens"}"""),
            "content_filter" => ("incomplete", """{"reason":"content_filter"}"""),
            _ => ("completed", "null"),
        };
        var usage = $$"""{"input_tokens":{{counts.Prompt}},"input_tokens_details":{"cached_tokens":{{counts.Cached}}},"output_tokens":{{counts.Output}},"output_tokens_details":{"reasoning_tokens":{{counts.Reasoning}}},"total_tokens":{{counts.Prompt + counts.Output}}}""";
        var whole = $$"""{"id":"resp_{{call.Number}}","object":"response","status":"{{status}}","error":null,"incomplete_details":{{details}},"model":{{Quote(call.Model)}},"output":[{{string.Join(',', items)}}],"usage":{{usage}}}""";
        if (IsWhole)
        {
            await response.AnswerAsync(200, whole, cancellationToken);
            return;
        }

        await EventAsync($"response.{status}", $"\"response\":{whole}", cancellationToken);
    }

    private async Task OpenAsync(string type, string item, CancellationToken cancellationToken)
    {
        if (open == type)
        {
            return;
        }

        await CloseAsync(cancellationToken);
        open = type;
        await EventAsync("response.output_item.added", $$""" "output_index":{{items.Count}},"item":{{item}} """, cancellationToken);
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        var written = Quote(text.ToString());
        var sealedContent = call.IncludesEncryptedReasoning ? $",\"encrypted_content\":\"SEALED-{items.Count}\"" : "";
        var item = open switch
        {
            "message" => $$"""{"id":"msg_1","type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"text":{{written}}}],"role":"assistant"}""",
            "reasoning" => $$"""{"id":"rs_1","type":"reasoning"{{sealedContent}},"summary":[{"type":"summary_text","text":{{written}}}]}""",
            _ => null,
        };
        open = null;
        text.Clear();
        if (item is not null)
        {
            await DoneAsync(item, cancellationToken);
        }
    }

    private async Task DoneAsync(string item, CancellationToken cancellationToken)
    {
        await EventAsync("response.output_item.done", $$""" "output_index":{{items.Count}},"item":{{item}} """, cancellationToken);
        items.Add(item);
    }

    private static string Filled(string item, string status, string arguments) =>
        item.Replace("STATUS", status, StringComparison.Ordinal).Replace("ARGUMENTS", Quote(arguments), StringComparison.Ordinal);

    private Task EventAsync(string type, string fields, CancellationToken cancellationToken) => IsWhole
        ? Task.CompletedTask
        : WriteRawAsync(string.Create(CultureInfo.InvariantCulture, $"event: {type}\ndata: {{\"type\":\"{type}\",\"sequence_number\":{sequence++},{fields.Trim()}}}\n\n"), cancellationToken);

    private static string Quote(string text) => Json.Write(writer => writer.WriteStringValue(text));
}
