using System.Text.Json;
using Dragoman.ClientTests.Clients;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.ClientTests;

/// <summary>The official TypeScript SDK: its accumulator throws on any mistake in the order of events.</summary>
public sealed class TypeScriptSdkTests
{
    [Fact]
    public async Task Streams_and_assembles_a_message()
    {
        var result = await CaseAsync("stream");
        Assert.Equal("Hello from TypeScript 👋", result.GetProperty("joined").GetString());
        Assert.True(result.GetProperty("pieces").GetInt32() > 1);
        Assert.StartsWith("req_", result.GetProperty("requestId").GetString());
        var message = result.GetProperty("message");
        Assert.Equal("claude-sonnet-5", message.GetProperty("model").GetString());
        Assert.Equal("end_turn", message.GetProperty("stop_reason").GetString());
        Assert.True(message.GetProperty("usage").GetProperty("input_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Creates_a_whole_message() =>
        Assert.Equal("whole", Text((await CaseAsync("create")).GetProperty("message")));

    [Fact]
    public async Task Assembles_a_thinking_block_with_its_signature()
    {
        var content = (await CaseAsync("thinking")).GetProperty("message").GetProperty("content");
        Assert.Equal(["thinking", "text"], content.EnumerateArray().Select(block => block.GetProperty("type").GetString()));
        Assert.Equal("let me see", content[0].GetProperty("thinking").GetString());
        Assert.NotEmpty(content[0].GetProperty("signature").GetString()!);
    }

    [Fact]
    public async Task Runs_parallel_tools_with_inputs_that_fit_their_schema()
    {
        var result = await CaseAsync("tools");
        var calls = result.GetProperty("first").GetProperty("content").EnumerateArray().ToList();
        Assert.Equal("""{"text":"a","times":3}""", calls[0].GetProperty("input").GetRawText());
        Assert.NotEqual(calls[0].GetProperty("id").GetString(), calls[1].GetProperty("id").GetString());
        Assert.Equal("tool_use", result.GetProperty("first").GetProperty("stop_reason").GetString());
        Assert.Equal("results: a! | b!", Text(result.GetProperty("second")));
    }

    [Fact]
    public async Task Beta_messages_report_context_management()
    {
        var result = await CaseAsync("beta");
        Assert.Equal("beta", Text(result.GetProperty("whole")));
        Assert.Equal(JsonValueKind.Array, result.GetProperty("whole").GetProperty("context_management").GetProperty("applied_edits").ValueKind);
        Assert.Equal(JsonValueKind.Array, result.GetProperty("streamed").GetProperty("context_management").GetProperty("applied_edits").ValueKind);
    }

    [Fact]
    public async Task Counts_tokens()
    {
        var result = await CaseAsync("count");
        Assert.True(result.GetProperty("ga").GetProperty("input_tokens").GetInt32() > 3);
        Assert.True(result.GetProperty("beta").GetProperty("input_tokens").GetInt32() > 3);
    }

    [Fact]
    public async Task Lists_models_page_by_page_and_finds_ids_with_slashes()
    {
        var result = await CaseAsync("models");
        var ids = result.GetProperty("ids").EnumerateArray().Select(id => id.GetString()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Superset(SimulatedModel.Usual.Where(model => model.Can("completion")).Select(model => (string?)model.Name).ToHashSet(), ids.ToHashSet());
        Assert.Equal("ollama/qwen3:8b", result.GetProperty("one").GetProperty("id").GetString());
        Assert.Equal("claude-opus-5", result.GetProperty("claude").GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("notFound", "NotFoundError", 404, "not_found_error", "ollama pull qwen9:1b")]
    [InlineData("invalid", "BadRequestError", 400, "invalid_request_error", "messages.0.content.0: Input tag 'nonsense' found using 'type'")]
    [InlineData("midStream", "APIError", null, "api_error", "unexpectedly stopped")]
    public async Task Throws_the_right_error(string name, string thrown, int? status, string type, string message)
    {
        var result = await CaseAsync(name);
        Assert.Equal(thrown, result.GetProperty("thrown").GetString());
        Assert.Equal(status, result.GetProperty("status").ValueKind == JsonValueKind.Null ? null : result.GetProperty("status").GetInt32());
        Assert.Equal(type, result.GetProperty("type").GetString());
        Assert.Contains(message, result.GetProperty("message").GetString());
    }

    private static string? Text(JsonElement message) => message.GetProperty("content")[0].GetProperty("text").GetString();

    private static async Task<JsonElement> CaseAsync(string name)
    {
        await using var gateway = await Gateway.StartAsync();
        var folder = Path.Combine(Gateway.Repository, "tests/Dragoman.ClientTests");
        var environment = new Dictionary<string, string> { ["ANTHROPIC_BASE_URL"] = gateway.Url, ["HOME"] = Path.GetTempPath() };
        var run = await Run.ProgramAsync("node", ["TypeScript/cases.mjs", name], environment, folder, TimeSpan.FromSeconds(30));
        Assert.True(run.ExitCode == 0, $"{run.Errors}\n{gateway.Log}");
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
