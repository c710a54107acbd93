using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Bench.Relays;

/// <summary>Passes bytes on in both directions and looks at none of them.</summary>
internal sealed class ByteRelay(HttpClient http, Uri upstream)
{
    private const int BufferBytes = 16 << 10;

    public async Task RelayAsync(HttpContext context)
    {
        using var content = new StreamContent(context.Request.Body, BufferBytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentLength = context.Request.ContentLength;
        using var request = new HttpRequestMessage(HttpMethod.Post, upstream) { Content = content };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = "application/x-ndjson";
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var output = context.Response.BodyWriter;
        while (true)
        {
            var read = await body.ReadAsync(output.GetMemory(BufferBytes), context.RequestAborted);
            if (read == 0) return;
            output.Advance(read);
            await output.FlushAsync(context.RequestAborted);
        }
    }
}
