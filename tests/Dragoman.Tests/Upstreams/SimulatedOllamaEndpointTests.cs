using System.Net;
using System.Text.Json;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Upstreams;

/// <summary>The endpoints besides chat.</summary>
public sealed class SimulatedOllamaEndpointTests
{
    private static readonly SimulatedModel Old = new() { Name = "old", Capabilities = null, Parameters = "num_ctx                        8192\nstop  x" };

    [Fact]
    public async Task Models_of_an_old_server_have_no_capabilities_and_can_do_everything()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Text("fine") with { Models = [Old] });

        var (_, tags) = await client.AskAsync(HttpMethod.Get, "/api/tags");
        var (_, show) = await client.AskAsync(HttpMethod.Post, "/api/show", """{"model":"OLD:latest"}""");
        var (chat, _) = await client.ChatAsync(OllamaClient.Ask("hi", ""","think":true,"tools":[{}]""", "old"));
        var (_, running) = await client.AskAsync(HttpMethod.Get, "/api/ps");

        var listed = Assert.Single(JsonElement.Parse(tags).GetProperty("models").EnumerateArray());
        Assert.Equal("old:latest", listed.GetProperty("name").GetString());
        Assert.False(listed.TryGetProperty("capabilities", out _));
        Assert.Equal(131_072, JsonElement.Parse(show).GetProperty("model_info").GetProperty("llama.context_length").GetInt32());
        Assert.Equal(HttpStatusCode.OK, chat);
        // The Modelfile's context is the one that was allocated.
        Assert.Equal(8192, JsonElement.Parse(running).GetProperty("models")[0].GetProperty("context_length").GetInt32());
    }

    [Fact]
    public async Task Pull_reports_progress_and_installs()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Text("fine") with { Models = [], Pullable = [Old] });
        Assert.Equal(HttpStatusCode.NotFound, (await client.ChatAsync(OllamaClient.Ask("hi", model: "old"))).Status);

        var (_, unknown) = await client.AskAsync(HttpMethod.Post, "/api/pull", """{"model":"nope"}""");
        var (_, pulled) = await client.AskAsync(HttpMethod.Post, "/api/pull", """{"model":"old"}""");

        Assert.EndsWith("{\"error\":\"pull model manifest: file does not exist\"}\n", unknown, StringComparison.Ordinal);
        Assert.StartsWith("{\"status\":\"pulling manifest\"}\n{\"status\":\"pulling ", pulled, StringComparison.Ordinal);
        Assert.EndsWith("{\"status\":\"success\"}\n", pulled, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.ChatAsync(OllamaClient.Ask("hi", model: "old"))).Status);
    }

    [Fact]
    public async Task Calls_beyond_the_parallel_limit_wait()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var gate = new SemaphoreSlim(0);
        await using var client = await OllamaClient.StartAsync(
            OllamaScenario.InTurn(new ChatReply().Text("one").WaitFor(gate), new ChatReply().Text("two")) with { ParallelChats = 1 });

        using var first = await client.SendAsync(OllamaClient.Ask("hi"), patience.Token);
        var second = client.SendAsync(OllamaClient.Ask("hi"), patience.Token);
        await client.Server.WaitForOpenChatsAsync(2, patience.Token);
        Assert.False(second.IsCompleted);
        gate.Release();

        using var answered = await second;
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task Unknown_paths_and_missing_keys_are_refused()
    {
        await using var open = await OllamaClient.StartAsync(OllamaScenario.Text("fine"));
        await using var closed = await OllamaClient.StartAsync(OllamaScenario.Text("fine") with { Key = "secret" });

        Assert.Equal((HttpStatusCode.OK, "Ollama is running"), await open.AskAsync(HttpMethod.Get, "/"));
        Assert.Equal((HttpStatusCode.NotFound, "404 page not found"), await open.AskAsync(HttpMethod.Post, "/v1/messages/count_tokens", "{}"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await closed.ChatAsync(OllamaClient.Ask("hi"))).Status);
    }
}
