using System.Text.Json;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Beta.Messages;
using Anthropic.Models.Beta.Models;

namespace Dragoman.ClientTests;

/// <summary>The beta half of the C# SDK: the same endpoints, answers with a few more required fields.</summary>
public sealed class CSharpBetaSdkTests(GatewayWorld world) : IClassFixture<GatewayWorld>, IDisposable
{
    private readonly AnthropicClient _client =
        new(new ClientOptions { BaseUrl = world.Url.ToString().TrimEnd('/'), AuthToken = "test-token", ResponseValidation = true, MaxRetries = 0, Timeout = TimeSpan.FromSeconds(30) });

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Creates_a_message()
    {
        var message = await _client.Beta.Messages.Create(Ask("[[think:Let me see.]] [[text:Hello.]]"));
        message.Validate();
        Assert.True(message.Content[^1].TryPickText(out var text));
        Assert.Equal("Hello.", text.Text);
    }

    [Fact]
    public async Task Streams_a_message_with_a_tool_call()
    {
        var message = await _client.Beta.Messages.CreateStreaming(Ask("""[[think:Let me see.]] [[tool:get_weather {"city":"Graz"}]]""") with
        {
            Tools = [new BetaTool { Name = "get_weather", InputSchema = new InputSchema { Properties = new Dictionary<string, JsonElement> { ["city"] = JsonElement.Parse("""{"type":"string"}""") } } }],
        }).Aggregate();
        message.Validate();
        Assert.Equal(BetaStopReason.ToolUse, message.StopReason?.Value());
        Assert.True(message.Content[^1].TryPickToolUse(out var call));
        Assert.Equal("Graz", call.Input["city"].GetString());
    }

    [Fact]
    public async Task Counts_tokens()
    {
        var count = await _client.Beta.Messages.CountTokens(new MessageCountTokensParams { Model = GatewayWorld.ClaudeModel, Messages = [new BetaUserMessageParam("Hello")] });
        count.Validate();
        Assert.True(count.InputTokens > 0);
    }

    [Fact]
    public async Task Lists_models_and_retrieves_one()
    {
        var page = await _client.Beta.Models.List(new ModelListParams());
        page.Validate();
        Assert.NotEmpty(page.Items);
        var model = await _client.Beta.Models.Retrieve(page.Items[0].ID);
        model.Validate();
        Assert.Equal(page.Items[0].ID, model.ID);
    }

    [Fact]
    public async Task A_wrong_request_is_a_bad_request() =>
        await Assert.ThrowsAsync<AnthropicBadRequestException>(() => _client.Beta.Messages.Create(Ask("hello") with { MaxTokens = -1 }));

    private static MessageCreateParams Ask(string prompt) => new() { Model = GatewayWorld.ClaudeModel, MaxTokens = 1000, Messages = [new BetaUserMessageParam(prompt)] };
}
