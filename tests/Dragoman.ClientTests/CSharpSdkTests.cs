using System.Text.Json;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Anthropic.Models.Models;

namespace Dragoman.ClientTests;

/// <summary>
/// The C# SDK. With <c>ResponseValidation</c> it refuses answers that lack a required field or have an unknown value, so every call here is also a check of the answer's shape.
/// </summary>
public sealed class CSharpSdkTests : IClassFixture<GatewayWorld>, IDisposable
{
    private readonly GatewayWorld _world;
    private readonly AnthropicClient _client;

    public CSharpSdkTests(GatewayWorld world)
    {
        _world = world;
        _client = new AnthropicClient(new ClientOptions { BaseUrl = world.Url.ToString().TrimEnd('/'), ApiKey = "test-token", ResponseValidation = true, MaxRetries = 0, Timeout = TimeSpan.FromSeconds(30) });
    }

    private static ToolUnion Weather { get; } = new Tool
    {
        Name = "get_weather",
        Description = "The weather in a city",
        InputSchema = new InputSchema { Properties = new Dictionary<string, JsonElement> { ["city"] = JsonElement.Parse("""{"type":"string"}""") }, Required = ["city"] },
    };

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Creates_a_message()
    {
        var message = await _client.Messages.Create(Ask("[[text:Grüße aus 東京 👋]]"));
        message.Validate();
        Assert.True(Assert.Single(message.Content).TryPickText(out var text));
        Assert.Equal("Grüße aus 東京 👋", text.Text);
        Assert.Equal(StopReason.EndTurn, message.StopReason?.Value());
        Assert.Equal(GatewayWorld.ClaudeModel, message.Model.Raw());
        Assert.True(message.Usage.InputTokens > 0 && message.Usage.OutputTokens > 0);
    }

    [Fact]
    public async Task Streams_a_message()
    {
        var message = await _client.Messages.CreateStreaming(Ask("[[think:Let me see.]] [[text:Grüße aus 東京 👋]]") with { Thinking = new ThinkingConfigAdaptive { Display = Display.Summarized } }).Aggregate();
        message.Validate();
        Assert.True(message.Content[0].TryPickThinking(out var thinking));
        Assert.Equal("Let me see.", thinking.Thinking);
        Assert.NotEmpty(thinking.Signature);
        Assert.True(message.Content[1].TryPickText(out var text));
        Assert.Equal("Grüße aus 東京 👋", text.Text);
        Assert.True(message.Usage.InputTokens > 0 && message.Usage.OutputTokens > 0);
    }

    [Fact]
    public async Task Every_event_of_a_stream_is_valid()
    {
        var count = 0;
        await foreach (var step in _client.Messages.CreateStreaming(Ask("""[[think:Hm.]] [[text:I look.]] [[tool:get_weather {"city":"Graz"}]] [[and]] [[tool:get_weather {"city":"Linz"}]]""") with { Tools = [Weather] }))
        {
            step.Validate();
            count++;
        }

        Assert.True(count > 10, $"{count} events");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_loop_goes_on_with_the_blocks_that_came_back(bool streams)
    {
        var ask = Ask("""[[think:Two cities.]] [[text:I look.]] [[tool:get_weather {"city":"Graz"}]] [[and]] [[tool:get_weather {"city":"Linz"}]]""") with
        {
            Tools = [Weather],
            Thinking = new ThinkingConfigAdaptive(),
        };
        var first = streams ? await _client.Messages.CreateStreaming(ask).Aggregate() : await _client.Messages.Create(ask);
        first.Validate();
        Assert.Equal(StopReason.ToolUse, first.StopReason?.Value());
        var calls = first.Content.Select(block => block.TryPickToolUse(out var call) ? call : null).OfType<ToolUseBlock>().ToList();
        Assert.Equal(["Graz", "Linz"], calls.Select(call => call.Input["city"].GetString()));
        var results = calls.Select(call => new ContentBlockParam(new ToolResultBlockParam(call.ID) { Content = $"sunny in {call.Input["city"].GetString()}" })).ToList();
        var second = await _client.Messages.Create(ask with
        {
            Messages =
            [
                .. ask.Messages,
                new AssistantMessageParam(first.Content.Select(block => new ContentBlockParam(block.Json)).ToList()),
                new UserMessageParam(results),
            ],
        });
        Assert.True(Assert.Single(second.Content).TryPickText(out var text));
        Assert.Equal("results: sunny in Graz | sunny in Linz", text.Text);
    }

    [Fact]
    public async Task Thinking_that_is_omitted_keeps_its_signature()
    {
        var message = await _client.Messages.Create(Ask("[[think:Hidden.]] [[text:Shown.]]") with { Thinking = new ThinkingConfigAdaptive { Display = Display.Omitted } });
        message.Validate();
        Assert.True(message.Content[0].TryPickThinking(out var thinking));
        Assert.Empty(thinking.Thinking);
        Assert.NotEmpty(thinking.Signature);
    }

    [Fact]
    public async Task A_forced_tool_is_called()
    {
        var message = await _client.Messages.Create(Ask("go") with { Tools = [Weather], ToolChoice = new ToolChoiceTool("get_weather") });
        message.Validate();
        Assert.Equal(StopReason.ToolUse, message.StopReason?.Value());
        Assert.True(Assert.Single(message.Content).TryPickToolUse(out var call));
        Assert.Equal("get_weather", call.Name);
    }

    [Fact]
    public async Task Structured_output_fits_its_schema()
    {
        var schema = new Dictionary<string, JsonElement>
        {
            ["type"] = JsonElement.Parse("\"object\""),
            ["properties"] = JsonElement.Parse("""{"title":{"type":"string"}}"""),
            ["required"] = JsonElement.Parse("""["title"]"""),
            ["additionalProperties"] = JsonElement.Parse("false"),
        };
        var message = await _client.Messages.Create(Ask("A title, please") with { OutputConfig = new OutputConfig { Format = new JsonOutputFormat { Schema = schema } } });
        Assert.True(Assert.Single(message.Content).TryPickText(out var text));
        Assert.Equal(JsonValueKind.String, JsonElement.Parse(text.Text).GetProperty("title").ValueKind);
    }

    [Fact]
    public async Task A_stop_sequence_and_the_token_limit_are_reported()
    {
        var stopped = await _client.Messages.Create(Ask("[[text:one two STOP three]]") with { StopSequences = ["STOP"] });
        stopped.Validate();
        Assert.Equal(StopReason.StopSequence, stopped.StopReason?.Value());
        Assert.Equal("STOP", stopped.StopSequence);
        var cut = await _client.Messages.Create(Ask("[[text:one two three four five]]") with { MaxTokens = 2 });
        cut.Validate();
        Assert.Equal(StopReason.MaxTokens, cut.StopReason?.Value());
        Assert.Equal(2, cut.Usage.OutputTokens);
    }

    [Fact]
    public async Task Counts_tokens()
    {
        var few = await _client.Messages.CountTokens(new MessageCountTokensParams { Model = GatewayWorld.ClaudeModel, Messages = [new UserMessageParam("Hello")] });
        few.Validate();
        var many = await _client.Messages.CountTokens(new MessageCountTokensParams { Model = GatewayWorld.ClaudeModel, Messages = [new UserMessageParam(string.Join(' ', Enumerable.Repeat("word", 500)))] });
        Assert.True(few.InputTokens > 0 && many.InputTokens >= few.InputTokens + 400, $"{few.InputTokens} and {many.InputTokens}");
    }

    [Fact]
    public async Task Lists_models_page_by_page_and_retrieves_each()
    {
        var page = await _client.Models.List(new ModelListParams { Limit = 2 });
        var ids = new List<string>();
        for (var next = page; ; next = await next.Next())
        {
            next.Validate();
            ids.AddRange(next.Items.Select(model => model.ID));
            if (!next.HasNext()) break;
        }

        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Contains(ids, id => id.EndsWith("gpt-oss:20b", StringComparison.Ordinal));
        foreach (var id in ids)
        {
            var model = await _client.Models.Retrieve(id);
            model.Validate();
            Assert.Equal(id, model.ID);
        }
    }

    [Fact]
    public async Task A_wrong_request_is_a_bad_request_that_names_the_field()
    {
        var error = await Assert.ThrowsAsync<AnthropicBadRequestException>(() => _client.Messages.Create(Ask("hello") with { MaxTokens = -1 }));
        Assert.Equal("invalid_request_error", error.Type?.Raw());
        Assert.Contains("max_tokens", error.ApiMessage);
        Assert.NotNull(error.RequestID);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_not_found()
    {
        var error = await Assert.ThrowsAsync<AnthropicNotFoundException>(() => _client.Messages.Create(Ask("hello") with { Model = "qwen9:1b" }));
        Assert.Equal("not_found_error", error.Type?.Raw());
        Assert.Contains("qwen9:1b", error.ApiMessage);
        await Assert.ThrowsAsync<AnthropicNotFoundException>(() => _client.Models.Retrieve("qwen9:1b"));
        // A stream that fails before its first event fails with a status, too.
        await Assert.ThrowsAsync<AnthropicNotFoundException>(() => _client.Messages.CreateStreaming(Ask("hello") with { Model = "qwen9:1b" }).Aggregate());
    }

    [Fact]
    public async Task A_failure_in_the_middle_of_a_stream_is_an_error_event()
    {
        var error = await Assert.ThrowsAsync<AnthropicSseException>(() => _client.Messages.CreateStreaming(Ask("[[error:mid]] [[text:sdk stream]]")).Aggregate());
        Assert.Equal("api_error", error.Type?.Raw());
        Assert.Contains("unexpectedly stopped", error.ApiMessage);
    }

    [Fact]
    public async Task A_failure_of_a_whole_answer_is_a_server_error()
    {
        var error = await Assert.ThrowsAnyAsync<Anthropic5xxException>(() => _client.Messages.Create(Ask("[[error:mid]] [[text:sdk whole]]")));
        Assert.Contains("unexpectedly stopped", error.ApiMessage);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_the_upstreams_work()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var before = _world.Ollama.ChatRequests.Count;
        var call = _client.Messages.Create(Ask("[[silence:60000]] [[text:never]]"), cancel.Token);
        await _world.Ollama.WaitForChatsAsync(before + 1, TestContext.Current.CancellationToken);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _world.Ollama.WaitForOpenChatsAsync(0, limit.Token);
    }

    private static MessageCreateParams Ask(string prompt) => new() { Model = GatewayWorld.ClaudeModel, MaxTokens = 1000, Messages = [new UserMessageParam(prompt)] };
}
