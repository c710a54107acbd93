using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Upstreams.Ollama;
using Microsoft.AspNetCore.Builder;

namespace Dragoman.Tests.EndToEnd;

/// <summary>The real gateway on a real port in front of a simulated Ollama, with an HTTP client for it.</summary>
internal sealed class OllamaGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly StringWriter _log;

    private OllamaGateway(SimulatedOllama ollama, WebApplication app, StringWriter log)
    {
        _log = log;
        Ollama = ollama;
        _app = app;
        // A client that leaves closes its connection, as an agent that is interrupted does.
        Client = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The upstream.</summary>
    public SimulatedOllama Ollama { get; }

    /// <summary>Talks to the gateway.</summary>
    public HttpClient Client { get; }

    /// <summary>What the gateway has logged; complete after it was disposed.</summary>
    public string Log => _log.ToString();

    /// <summary>Starts both.</summary>
    public static async Task<OllamaGateway> StartAsync(OllamaScenario scenario, Action<DragomanOptions>? configure = null, string settings = "")
    {
        var log = new StringWriter();
        var ollama = await SimulatedOllama.StartAsync(scenario);
        // A test that says nothing of repeats sees each failure once, and at once.
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true, Retries = { Attempts = 1 } };
        options.Providers["ollama"] = JsonDocument.Parse($$"""{"url":"{{ollama.Url}}"{{settings}}}""").RootElement;
        configure?.Invoke(options);
        var app = ServeCommand.Build(options, TextWriter.Synchronized(log));
        await app.StartAsync();
        return new OllamaGateway(ollama, app, log);
    }

    /// <summary>Asks; the answer's headers are there when this returns.</summary>
    public Task<HttpResponseMessage> AskAsync(string body, CancellationToken cancellationToken = default) => Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/messages?beta=true") { Content = new StringContent(body, Encoding.UTF8, "application/json") },
        HttpCompletionOption.ResponseHeadersRead,
        cancellationToken);

    /// <summary>Asks for a stream and reads all of it.</summary>
    public async Task<List<SseEvent>> StreamAsync(string body)
    {
        using var response = await AskAsync(body);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return SseEvent.ParseAll(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asks and reads an answer in JSON, good or bad.</summary>
    public async Task<(int Status, JsonElement Body)> SendAsync(string body)
    {
        using var response = await AskAsync(body);
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Ollama.DisposeAsync();
    }
}

/// <summary>One server-sent event.</summary>
internal sealed record SseEvent(string Type, JsonElement Data)
{
    /// <summary>Reads a whole stream.</summary>
    public static List<SseEvent> ParseAll(string stream)
    {
        var events = new List<SseEvent>();
        foreach (var frame in stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = frame.Split('\n');
            Assert.Equal(2, lines.Length);
            var data = JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement;
            Assert.Equal(lines[0]["event: ".Length..], data.GetProperty("type").GetString());
            events.Add(new SseEvent(data.GetProperty("type").GetString()!, data));
        }

        return events;
    }

    /// <summary>All text of the answer.</summary>
    public static string Text(IEnumerable<SseEvent> events, string kind = "text") => string.Concat(events
        .Where(step => step.Type == "content_block_delta" && step.Data.GetProperty("delta").GetProperty("type").GetString() == (kind == "partial_json" ? "input_json_delta" : kind + "_delta"))
        .Select(step => step.Data.GetProperty("delta").GetProperty(kind).GetString()));

    /// <summary>The answer's content blocks, put together as the clients' accumulators do it.</summary>
    public static List<JsonElement> Blocks(IEnumerable<SseEvent> events)
    {
        var blocks = new List<JsonElement>();
        foreach (var block in events.Where(step => step.Data.TryGetProperty("index", out _)).GroupBy(step => step.Data.GetProperty("index").GetInt32()))
        {
            var start = block.First().Data.GetProperty("content_block");
            var deltas = block.Where(step => step.Type == "content_block_delta").Select(step => step.Data.GetProperty("delta"));
            var signature = deltas.Where(delta => delta.GetProperty("type").GetString() == "signature_delta").Select(delta => delta.GetProperty("signature").GetRawText()).FirstOrDefault("\"\"");
            blocks.Add(JsonElement.Parse(start.GetProperty("type").GetString() switch
            {
                "tool_use" => $$"""{"type":"tool_use","id":"{{start.GetProperty("id").GetString()}}","name":"{{start.GetProperty("name").GetString()}}","input":{{(Text(block, "partial_json") is { Length: > 0 } input ? input : "{}")}}}""",
                "thinking" => $$"""{"type":"thinking","thinking":{{JsonSerializer.Serialize(Text(block, "thinking"))}},"signature":{{signature}}}""",
                _ => $$"""{"type":"text","text":{{JsonSerializer.Serialize(Text(block))}}}""",
            }));
        }

        return blocks;
    }

    /// <summary>The stop reason of the answer.</summary>
    public static string? StopReason(IEnumerable<SseEvent> events) =>
        events.Single(step => step.Type == "message_delta").Data.GetProperty("delta").GetProperty("stop_reason").GetString();
}
