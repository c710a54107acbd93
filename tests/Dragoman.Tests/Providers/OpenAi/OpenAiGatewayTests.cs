using System.Text.Json;
using Dragoman.Tests.EndToEnd;
using Dragoman.Upstreams.OpenAi;
using static Dragoman.Tests.Providers.OpenAi.OpenAiGateway;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>The provider through the whole gateway, over HTTP, in front of a simulated server.</summary>
public sealed class OpenAiGatewayTests
{
    private const string Thinking = "\"thinking\":{\"type\":\"adaptive\"},";

    /// <summary>Every scenario in which an agent works: the oddities of section A, and the programs that people run.</summary>
    public static TheoryData<string> Oddities => [.. OpenAiScenarios.Names.Except(["slow", "error", "broken", "unfinished", "truncated", "page", "empty", "rate-limit", "filter"])];

    [Fact]
    public async Task A_text_answer_comes_through()
    {
        await using var gateway = await StartAsync(OpenAiScenario.Text("Grüße 👋 aus 東京."));
        var events = await gateway.StreamAsync(Question("hi"));
        Assert.Equal("Grüße 👋 aus 東京.", SseEvent.Text(events));
        Assert.Equal("end_turn", SseEvent.StopReason(events));
        var (status, whole) = await gateway.SendAsync(Question("hi", stream: false));
        Assert.Equal((200, "Grüße 👋 aus 東京."), (status, whole.GetProperty("content")[0].GetProperty("text").GetString()));
        Assert.True(whole.GetProperty("usage").GetProperty("output_tokens").GetInt32() > 2);
        var asked = gateway.Server.Requests.First(request => request.Method == "POST");
        Assert.Equal(("/v1/chat/completions", "Bearer sk-simulated"), (asked.Path, asked.Headers["authorization"]));
        Assert.Empty(gateway.Server.Refusals);
    }

    [Theory]
    [MemberData(nameof(Oddities))]
    public async Task An_agent_works_whatever_the_server_s_oddity(string scenario)
    {
        await using var gateway = await StartAsync(OpenAiScenarios.Find(scenario)!);
        var answers = await gateway.RunAgentAsync("""[[think:Größe?]] [[text:Ich schaue.]] [[tool:Bash {"command":"ls \"ü\" 👋","timeout":5}]] [[and]] [[tool:Read {"path":"C:\\x"}]] [[then]] [[tool:Bash {"command":"two"}]]""", AgentTools + Thinking);
        Assert.Equal(3, answers.Count);
        var first = answers[0].GetProperty("content").EnumerateArray().ToList();
        Assert.Equal(["thinking", "text", "tool_use", "tool_use"], first.Select(block => block.GetProperty("type").GetString()));
        Assert.Equal("Größe?", first[0].GetProperty("thinking").GetString()!.Trim());
        Assert.Equal("Ich schaue.", first[1].GetProperty("text").GetString()!.Trim());
        Assert.Equal(("Bash", """ls "ü" 👋""", 5), (first[2].GetProperty("name").GetString(), first[2].GetProperty("input").GetProperty("command").GetString(), first[2].GetProperty("input").GetProperty("timeout").GetInt32()));
        Assert.Equal(("Read", @"C:\x"), (first[3].GetProperty("name").GetString(), first[3].GetProperty("input").GetProperty("path").GetString()));
        Assert.NotEqual(first[2].GetProperty("id").GetString(), first[3].GetProperty("id").GetString());
        var last = answers[^1].GetProperty("content")[0].GetProperty("text").GetString()!;
        Assert.StartsWith("results: ran {", last, StringComparison.Ordinal);
        Assert.Equal(3, last.Split(" | ").Length);
        Assert.Empty(gateway.Server.Refusals);
    }

    [Fact]
    public async Task Encrypted_reasoning_is_given_back_to_the_responses_api()
    {
        await using var gateway = await StartAsync(OpenAiScenario.Agent(), ",\"dialect\":\"openai\",\"api\":\"responses\"");
        var answers = await gateway.RunAgentAsync("""[[think:Hm]] [[tool:Bash {"command":"one"}]] [[and]] [[tool:Read {"path":"p"}]] [[then]] [[text:Done.]]""", AgentTools + Thinking);
        Assert.Equal("Done.", answers[^1].GetProperty("content").EnumerateArray().Last().GetProperty("text").GetString());
        Assert.Equal(["thinking", "tool_use", "tool_use"], answers[0].GetProperty("content").EnumerateArray().Select(block => block.GetProperty("type").GetString()));
        var calls = gateway.Server.Calls;
        Assert.All(calls, call => Assert.True(call.IsResponses));
        Assert.Contains("SEALED-0", calls[1].Body, StringComparison.Ordinal);
        Assert.Empty(gateway.Server.Refusals);
    }

    [Fact]
    public async Task Reasoning_details_are_given_back_as_they_came()
    {
        await using var gateway = await StartAsync(OpenAiScenarios.Find("details")!, ",\"dialect\":\"openrouter\"");
        var answers = await gateway.RunAgentAsync("""[[think:Hm, so.]] [[text:x]] [[tool:Bash {"command":"one"}]]""", AgentTools + Thinking);
        Assert.Equal(2, answers.Count);
        using var second = JsonDocument.Parse(gateway.Server.Calls[1].Body);
        var assistant = second.RootElement.GetProperty("messages").EnumerateArray().Single(message => message.GetProperty("role").GetString() == "assistant");
        var detail = Assert.Single(assistant.GetProperty("reasoning_details").EnumerateArray());
        Assert.Equal(("Hm, so.", "SIG"), (detail.GetProperty("text").GetString(), detail.GetProperty("signature").GetString()));
    }
}
