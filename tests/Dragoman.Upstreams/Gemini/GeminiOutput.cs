using System.Text.Json;
using Dragoman.Upstreams.Serving;
using Dragoman.Upstreams.Writing;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Gemini;

/// <summary>Where an answer goes.</summary>
internal abstract class GeminiOutput(HttpResponse response, GeminiCall call)
{
    protected HttpResponse Response { get; } = response;

    protected GeminiCall Call { get; } = call;

    /// <summary>The output for a call.</summary>
    public static GeminiOutput Of(HttpResponse response, GeminiCall call, GeminiScenario scenario)
    {
        if (!call.Route.Streams)
        {
            return new WholeOutput(response, call);
        }

        var pieces = new PieceWriter(response, scenario.SplitSeed, call.Number);
        return call.AsksForSse && !scenario.IgnoresAlt ? new SseOutput(response, call, pieces) : new ArrayOutput(response, call, pieces);
    }

    /// <summary>Writes a chunk.</summary>
    public abstract Task WriteAsync(GeminiChunk chunk, CancellationToken cancellationToken);

    /// <summary>Writes a chunk of the script's own.</summary>
    public abstract Task WriteRawAsync(string json, CancellationToken cancellationToken);

    /// <summary>The regular end.</summary>
    public abstract Task CloseAsync(CancellationToken cancellationToken);

    /// <summary>The end as if something between here and the client had given up.</summary>
    public virtual async Task CutAsync(CancellationToken cancellationToken)
    {
        if (!Response.HasStarted)
        {
            await Response.StartAsync(cancellationToken);
        }
    }
}

/// <summary>Server-sent events, ended by CR LF CR LF each.</summary>
internal sealed class SseOutput(HttpResponse response, GeminiCall call, PieceWriter pieces) : GeminiOutput(response, call)
{
    public override Task WriteAsync(GeminiChunk chunk, CancellationToken cancellationToken) => WriteRawAsync(chunk.Write(Call, indented: false), cancellationToken);

    public override Task WriteRawAsync(string json, CancellationToken cancellationToken)
    {
        Response.ContentType ??= "text/event-stream";
        return pieces.WriteAsync($"data: {json}\r\n\r\n", cancellationToken);
    }

    public override Task CloseAsync(CancellationToken cancellationToken) => CutAsync(cancellationToken);
}

/// <summary>One pretty-printed JSON array, chunk by chunk.</summary>
internal sealed class ArrayOutput(HttpResponse response, GeminiCall call, PieceWriter pieces) : GeminiOutput(response, call)
{
    public override Task WriteAsync(GeminiChunk chunk, CancellationToken cancellationToken) => WriteRawAsync(chunk.Write(Call, indented: true), cancellationToken);

    public override Task WriteRawAsync(string json, CancellationToken cancellationToken)
    {
        var before = Response.HasStarted ? ",\r\n" : "[";
        Response.ContentType ??= GeminiAnswers.JsonType;
        return pieces.WriteAsync(before + json + "\n", cancellationToken);
    }

    public override Task CloseAsync(CancellationToken cancellationToken)
    {
        var end = Response.HasStarted ? "]" : "[]";
        Response.ContentType ??= GeminiAnswers.JsonType;
        return pieces.WriteAsync(end, cancellationToken);
    }
}

/// <summary>One JSON object when all is there: neighbouring texts of one kind are one part.</summary>
internal sealed class WholeOutput(HttpResponse response, GeminiCall call) : GeminiOutput(response, call)
{
    private readonly List<GeminiChunk> chunks = [];
    private string? raw;

    public override Task WriteAsync(GeminiChunk chunk, CancellationToken cancellationToken)
    {
        chunks.Add(chunk);
        return Task.CompletedTask;
    }

    public override Task WriteRawAsync(string json, CancellationToken cancellationToken)
    {
        raw = json;
        return Task.CompletedTask;
    }

    public override Task CloseAsync(CancellationToken cancellationToken) =>
        Response.AnswerAsync(StatusCodes.Status200OK, raw ?? Whole().Write(Call, indented: true) + "\n", GeminiAnswers.JsonType, cancellationToken);

    public override Task CutAsync(CancellationToken cancellationToken) => CloseAsync(cancellationToken);

    private GeminiChunk Whole()
    {
        var parts = new List<string>();
        foreach (var part in chunks.SelectMany(chunk => chunk.Parts))
        {
            if (parts is [.., var last] && Joined(Json.Parse(last), Json.Parse(part)) is { } joined)
            {
                parts[^1] = joined;
            }
            else
            {
                parts.Add(part);
            }
        }

        return chunks[^1] with { Parts = parts };
    }

    /// <summary>Both texts as one part, with the second one's signature; null when they can't be one.</summary>
    private static string? Joined(JsonElement first, JsonElement second)
    {
        if (first.FindText("text") is not { } begin || second.FindText("text") is not { } end || first.FindText("thoughtSignature") is not null
            || first.Find("thought") is not null != second.Find("thought") is not null)
        {
            return null;
        }

        return GeminiParts.Text(begin + end, second.Find("thought") is not null, second.FindText("thoughtSignature"));
    }
}
