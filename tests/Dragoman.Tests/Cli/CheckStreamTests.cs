using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Dragoman.Tests.EndToEnd;
using Dragoman.Upstreams.Ollama;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Tests.Cli;

public sealed class CheckStreamTests
{
    [Fact(Timeout = 120_000)]
    public async Task The_gateway_itself_passes()
    {
        await using var gateway = await OllamaGateway.StartAsync(new OllamaScenario { Reply = Answer });
        var outcome = await RunningProgram.RunAsync("check-stream", gateway.Client.BaseAddress!.ToString(), "--model", "claude-sonnet-4-5");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal(4, outcome.Output.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
        Assert.Contains("a tool call, streamed: ", outcome.Output);
        Assert.Contains("tool_use, first byte", outcome.Output);
        Assert.Contains("a wrong request: refused with 400", outcome.Output);
        Assert.DoesNotContain("\e[", outcome.Output);
        Documented.Holds("docs/cli.md", "dragoman check-stream http://127.0.0.1:3000 --model claude-sonnet-4-5", outcome.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_speaks_another_language_is_told_what_is_wrong()
    {
        await using var server = await BrokenAsync();
        var outcome = await RunningProgram.RunAsync("check-stream", $"{server.Urls.First()}/v1", "--key", "k", "--json");
        Assert.True(outcome.ExitCode == 1, outcome.ToString());
        using var json = JsonDocument.Parse(outcome.Output);
        Assert.Equal("claude-broken", json.RootElement.GetProperty("model").GetString());
        var answers = json.RootElement.GetProperty("answers").EnumerateArray().ToList();
        Assert.All(answers, answer => Assert.False(answer.GetProperty("ok").GetBoolean()));
        var messages = answers.SelectMany(answer => answer.GetProperty("findings").EnumerateArray()).Select(finding => finding.GetProperty("message").GetString()).ToList();
        Assert.Contains("Content-Type is 'text/plain' instead of text/event-stream", messages);
        Assert.Contains("there is no event: line: the SDKs drop such an event", messages);
        Assert.Contains("messages that are a string are answered with 200 instead of 400", messages);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_is_not_there_is_said_on_standard_error()
    {
        var outcome = await RunningProgram.RunAsync("check-stream", "http://127.0.0.1:1", "--json");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("http://127.0.0.1:1/v1/messages can't be asked", outcome.Errors);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_says_nothing_is_not_waited_for_for_ever()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var outcome = await RunningProgram.RunAsync("check-stream", $"http://{silent.LocalEndpoint}", "--model", "m", "--timeout", "1");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("a text, streamed didn't end within 1 s (--timeout)", outcome.Errors);
    }

    // A forced call is an answer held to a schema.
    private static ChatReply Answer(ChatCall call) => call.Body.Contains("get_weather", StringComparison.Ordinal) ? new ChatReply().Text("""{"name":"get_weather","input":{"city":"Paris"}}""") : new ChatReply().Text("Hello.");

    private static async Task<WebApplication> BrokenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Map("/v1/models", () => Results.Text("""{"data":[{"id":"claude-broken"}]}""", "application/json"));
        app.Map("/v1/messages", (HttpContext http) => http.Request.Headers["x-api-key"] == "k" ? Results.Text("data: {\"type\":\"message_start\"}\n\n", "text/plain") : Results.StatusCode(401));
        await app.StartAsync();
        return app;
    }
}
