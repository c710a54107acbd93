using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Providers;
using Dragoman.Tests.EndToEnd;
using Dragoman.Upstreams.OpenAi;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>The real gateway on a real port in front of a simulated OpenAI-compatible server, with an HTTP client for it.</summary>
internal sealed class OpenAiGateway : IAsyncDisposable
{
    /// <summary>The one model that there is.</summary>
    public const string Model = "up/simulated-model";

    /// <summary>Tools of an agent, as a field of a request.</summary>
    public const string AgentTools =
        """ "tools":[{"name":"Bash","description":"Runs a command.","input_schema":{"type":"object","properties":{"command":{"type":"string"},"timeout":{"type":"integer"}},"required":["command"]}},{"name":"Read","input_schema":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}}], """;

    private readonly WebApplication _app;

    private OpenAiGateway(SimulatedOpenAi server, WebApplication app)
    {
        (Server, _app) = (server, app);
        Client = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The upstream.</summary>
    public SimulatedOpenAi Server { get; }

    /// <summary>Talks to the gateway.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts both.</summary>
    public static async Task<OpenAiGateway> StartAsync(OpenAiScenario scenario, string settings = "", Action<DragomanOptions>? configure = null)
    {
        var server = await SimulatedOpenAi.StartAsync(scenario);
        // A test that says nothing of repeats sees each failure once, and at once.
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true, Retries = { Attempts = 1 } };
        options.Providers["up"] = JsonDocument.Parse($$"""{"type":"openai","url":"{{server.Url}}","apiKey":"sk-simulated"{{settings}}}""").RootElement;
        configure?.Invoke(options);
        var app = ServeCommand.Build(options, TextWriter.Null);
        await app.StartAsync();
        return new OpenAiGateway(server, app);
    }

    /// <summary>How much the upstream is given at once.</summary>
    public async Task<string?> LaneAsync() => await _app.Services.GetRequiredService<ProviderSet>()["up"].LaneOfAsync(new Target("up", "simulated-model"), CancellationToken.None) is { } limit ? $"{limit.Concurrency} in {limit.Lane}" : null;

    /// <summary>A request of one user message, with further fields.</summary>
    public static string Question(string content, string fields = "", bool stream = true) =>
        $$"""{"model":"{{Model}}","max_tokens":4000,"stream":{{(stream ? "true" : "false")}},{{fields}}"messages":[{"role":"user","content":{{JsonSerializer.Serialize(content)}}}]}""";

    /// <summary>Asks; the answer's headers are there when this returns.</summary>
    public Task<HttpResponseMessage> AskAsync(string body, CancellationToken cancellationToken = default) => Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/messages?beta=true") { Content = new StringContent(body, Encoding.UTF8, "application/json") },
        HttpCompletionOption.ResponseHeadersRead,
        cancellationToken);

    /// <summary>Asks for a stream and reads all of it.</summary>
    public async Task<List<SseEvent>> StreamAsync(string body)
    {
        using var response = await AskAsync(body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.Content.Headers.ContentType?.MediaType == "text/event-stream", text);
        return SseEvent.ParseAll(text);
    }

    /// <summary>Asks and reads an answer in JSON, good or bad.</summary>
    public async Task<(int Status, JsonElement Body)> SendAsync(string body)
    {
        using var response = await AskAsync(body);
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>
    /// Plays an agent: asks, runs each call (its result is <c>ran</c> and the input), gives the answer back as it came, until the model is done. The whole
    /// answers, the last one last.
    /// </summary>
    public async Task<List<JsonElement>> RunAgentAsync(string prompt, string fields = AgentTools)
    {
        const int mostRounds = 10;
        var messages = new List<string> { $$"""{"role":"user","content":{{JsonSerializer.Serialize(prompt)}}}""" };
        var answers = new List<JsonElement>();
        for (var round = 0; round < mostRounds; round++)
        {
            var events = await StreamAsync($$"""{"model":"{{Model}}","max_tokens":4000,"stream":true,{{fields}}"messages":[{{string.Join(',', messages)}}]}""");
            var answer = Accumulate(events);
            answers.Add(answer);
            if (answer.GetProperty("stop_reason").GetString() != "tool_use") return answers;
            var calls = answer.GetProperty("content").EnumerateArray().Where(block => block.GetProperty("type").GetString() == "tool_use");
            var results = calls.Select(call => $$"""{"type":"tool_result","tool_use_id":"{{call.GetProperty("id").GetString()}}","content":{{JsonSerializer.Serialize("ran " + call.GetProperty("input").GetRawText())}}}""");
            messages.Add($$"""{"role":"assistant","content":{{answer.GetProperty("content").GetRawText()}}}""");
            messages.Add($$"""{"role":"user","content":[{{string.Join(',', results)}}]}""");
        }

        throw new InvalidOperationException("The agent does not come to an end.");
    }

    private static JsonElement Accumulate(List<SseEvent> events) =>
        JsonDocument.Parse($$"""{"stop_reason":"{{SseEvent.StopReason(events)}}","content":[{{string.Join(',', SseEvent.Blocks(events).Select(block => block.GetRawText()))}}]}""").RootElement;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Server.DisposeAsync();
    }
}
