using System.Text.Json;
using Dragoman.Upstreams.OpenAi;
using static Dragoman.Tests.Providers.OpenAi.OpenAiGateway;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>What servers tell of their models, and exact counts where there are any.</summary>
public sealed class OpenAiModelsTests
{
    [Theory]
    [InlineData(ServerKind.Cloud, null)]
    [InlineData(ServerKind.OpenRouter, 32000)]
    [InlineData(ServerKind.Vllm, 32000)]
    [InlineData(ServerKind.LlamaCpp, 32000)]
    [InlineData(ServerKind.LmStudio, 32000)]
    [InlineData(ServerKind.LmStudio04, 32000)]
    [InlineData(ServerKind.LocalAi, null)]
    [InlineData(ServerKind.Together, 32000)]
    public async Task Context_lengths_are_found_wherever_a_server_has_them(ServerKind kind, int? context)
    {
        var dialect = kind switch { ServerKind.LmStudio or ServerKind.LmStudio04 => ",\"dialect\":\"lmstudio\"", ServerKind.LocalAi => ",\"dialect\":\"localai\"", _ => "" };
        await using var gateway = await StartAsync(OpenAiScenario.Text("x") with { Kind = kind, ContextTokens = 32000 }, dialect);
        var body = JsonDocument.Parse(await gateway.Client.GetStringAsync("/v1/models?limit=1000", TestContext.Current.CancellationToken)).RootElement;
        var model = body.GetProperty("data").EnumerateArray().First(entry => entry.GetProperty("id").GetString()!.Contains("simulated-model", StringComparison.Ordinal));
        Assert.Equal(context, model.TryGetProperty("max_input_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Number && tokens.GetInt32() > 0 ? tokens.GetInt32() : null);
        Assert.DoesNotContain(body.GetProperty("data").EnumerateArray(), entry => entry.GetProperty("id").GetString()!.Contains("embedding", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ServerKind.Vllm)]
    [InlineData(ServerKind.LlamaCpp)]
    public async Task Prompts_are_counted_exactly_where_the_server_can(ServerKind kind)
    {
        await using var gateway = await StartAsync(OpenAiScenario.Text("x") with { Kind = kind });
        var question = Question(new string('x', 4000)).Replace("\"max_tokens\":4000,\"stream\":true,", "", StringComparison.Ordinal);
        var response = await gateway.Client.PostAsync("/v1/messages/count_tokens", new StringContent(question, System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        var counted = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("input_tokens").GetInt32();
        // The simulation's tokens are four bytes each; the estimate takes a long word for less.
        Assert.InRange(counted, 1000, 1020);
        Assert.Contains(gateway.Server.Requests, request => request.Path == "/tokenize");
    }

    [Fact]
    public async Task The_dialect_is_told_by_the_list_of_models()
    {
        await using var gateway = await StartAsync(OpenAiScenario.Agent() with { Kind = ServerKind.LlamaCpp });
        await gateway.StreamAsync(Question("hi", AgentTools));
        Assert.Contains("\"parallel_tool_calls\":true", gateway.Server.Calls[0].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServerKind.LlamaCpp, "", "3 in up")]
    [InlineData(ServerKind.LlamaCpp, ",\"concurrency\":0", null)]
    [InlineData(ServerKind.LlamaCpp, ",\"models\":{\"simulated-model\":{\"concurrency\":2}}", "2 in up/simulated-model")]
    [InlineData(ServerKind.Vllm, "", null)]
    [InlineData(ServerKind.Vllm, ",\"concurrency\":5", "5 in up")]
    public async Task A_llama_cpp_server_on_this_machine_gets_as_many_requests_as_it_has_slots(ServerKind kind, string settings, string? expected)
    {
        await using var gateway = await StartAsync(OpenAiScenario.Text("x") with { Kind = kind, Slots = 3 }, settings);
        Assert.Equal(expected, await gateway.LaneAsync());
    }

    [Fact]
    public async Task A_server_without_a_list_answers_all_the_same()
    {
        await using var gateway = await StartAsync(OpenAiScenario.Text("x"), ",\"headers\":{\"x-title\":\"mine\"},\"body\":{\"seed\":7,\"max_tokens\":55}");
        await gateway.StreamAsync(Question("hi"));
        await gateway.StreamAsync(Question("hi"));
        Assert.Single(gateway.Server.Requests, request => request.Path == "/v1/models");
        using var sent = JsonDocument.Parse(gateway.Server.Calls[0].Body);
        Assert.Equal((7, 55), (sent.RootElement.GetProperty("seed").GetInt32(), sent.RootElement.GetProperty("max_tokens").GetInt32()));
        Assert.Equal("mine", gateway.Server.Requests[^1].Headers["x-title"]);
    }

    [Theory]
    [InlineData(ServerKind.Vllm, "", 20_000, 31_000, true)]
    [InlineData(ServerKind.Together, ",\"dialect\":\"together\"", 20_000, 31_000, true)]
    // It just ends the answer when the context is full.
    [InlineData(ServerKind.LlamaCpp, "", 64_000, 64_000, false)]
    public async Task An_answer_s_limit_leaves_room_for_the_prompt_where_the_server_would_refuse_it(ServerKind kind, string settings, int least, int most, bool isClamped)
    {
        await using var gateway = await StartAsync(OpenAiScenario.Text("x") with { Kind = kind, ContextTokens = 32_000 }, settings);
        var prompt = string.Concat(Enumerable.Repeat("word ", 2000));
        using var response = await gateway.AskAsync(Question(prompt).Replace("\"max_tokens\":4000", "\"max_tokens\":64000", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        using var sent = JsonDocument.Parse(gateway.Server.Calls[0].Body);
        Assert.InRange(sent.RootElement.GetProperty("max_tokens").GetInt32(), least, most);
        Assert.Equal(isClamped, response.Headers.TryGetValues("x-dragoman-degraded", out var degraded) && degraded.Single().Contains("max_tokens=clamped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_prompt_that_fills_the_context_is_left_to_the_server()
    {
        await using var gateway = await StartAsync(OpenAiScenario.Text("x") with { Kind = ServerKind.Vllm, ContextTokens = 1500 });
        using var refused = await gateway.AskAsync(Question(string.Concat(Enumerable.Repeat("word ", 1000))), TestContext.Current.CancellationToken);
        // The simulation refuses, too; what it was asked for is still a usable answer.
        var asked = gateway.Server.Requests.Last(request => request.Path == "/v1/chat/completions");
        Assert.Contains("\"max_tokens\":1024", asked.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openrouter", true)]
    [InlineData("generic", false)]
    public async Task Pdfs_go_along_where_the_server_reads_them(string dialect, bool reads)
    {
        await using var gateway = await StartAsync(OpenAiScenario.Text("x"), $",\"dialect\":\"{dialect}\"", options => options.PdfToText = "");
        var pdf = Convert.ToBase64String("%PDF-1.4"u8);
        await gateway.StreamAsync(Question("?").Replace("\"?\"", $$$"""[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"{{{pdf}}}"} }]""", StringComparison.Ordinal));
        var body = gateway.Server.Calls[0].Body;
        Assert.Equal(reads, body.Contains($"data:application/pdf;base64,{pdf}", StringComparison.Ordinal));
        Assert.Equal(!reads, body.Contains("could not be read", StringComparison.Ordinal));
    }
}
