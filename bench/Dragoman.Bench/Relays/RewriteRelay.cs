using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Bench.Relays;

/// <summary>
/// Parses every line of the answer and writes it anew as an Anthropic event: the least that a translation can do. With <paramref name="parsesRequest"/> it
/// parses the request's body too, and sends it on as it came. No checks, no tools, no errors, no blocks: a floor, not a gateway.
/// </summary>
internal sealed class RewriteRelay(HttpClient http, Uri upstream, bool parsesRequest)
{
    public async Task RelayAsync(HttpContext context)
    {
        // Load generators say how long their bodies are. A buffer of its own for each 100 kB would cost a full collection every few hundred requests.
        var length = (int)context.Request.ContentLength!.Value;
        using var buffer = MemoryPool<byte>.Shared.Rent(length);
        var bytes = buffer.Memory[..length];
        await context.Request.Body.ReadExactlyAsync(bytes, context.RequestAborted);
        using var parsed = parsesRequest ? JsonDocument.Parse(bytes) : null;
        using var content = new ReadOnlyMemoryContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, upstream) { Content = content };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = "text/event-stream";
        var lines = PipeReader.Create(await answer.Content.ReadAsStreamAsync(context.RequestAborted));
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        while (true)
        {
            var read = await lines.ReadAsync(context.RequestAborted);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                Rewrite(rest.Slice(0, end), context.Response.BodyWriter, json);
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            lines.AdvanceTo(rest.Start, rest.End);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            if (read.IsCompleted) return;
        }
    }

    private static void Rewrite(in ReadOnlySequence<byte> line, PipeWriter output, Utf8JsonWriter json)
    {
        using var parsed = JsonDocument.Parse(line);
        var done = parsed.RootElement.GetProperty("done"u8).GetBoolean();
        output.Write(done ? "event: message_stop\ndata: "u8 : "event: content_block_delta\ndata: "u8);
        json.Reset();
        json.WriteStartObject();
        json.WriteString("type"u8, done ? "message_stop"u8 : "content_block_delta"u8);
        if (!done)
        {
            json.WriteNumber("index"u8, 0);
            json.WriteStartObject("delta"u8);
            json.WriteString("type"u8, "text_delta"u8);
            json.WritePropertyName("text"u8);
            parsed.RootElement.GetProperty("message"u8).GetProperty("content"u8).WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        output.Write("\n\n"u8);
    }
}
