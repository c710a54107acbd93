using System.Text.Json;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Upstreams;

/// <summary>The model that does what directives in its prompt say.</summary>
public sealed class AgentScenarioTests
{
    private const string Tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"Bash\"}},{\"type\":\"function\",\"function\":{\"name\":\"Read\"}}]";

    [Fact]
    public async Task Directives_play_round_by_round_and_quote_the_results()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Agent());
        var conversation = new List<string>
        {
            $$"""
            {"role":"user","content":{{OllamaClient.Quote("""
                Please [[think:not on llama]] [[text:First.]] [[tool:Bash {"command":"echo [[1]]"}]][[then]]
                [[tool:Read {"path":"a"}]][[and]][[tool:Bash {"command":"two"}]]
                """)}}}
            """,
        };

        var first = await TurnAsync(client, conversation);
        Assert.Equal("First.", OllamaClient.Content(first));
        Assert.Equal(["""Bash {"command":"echo [[1]]"}"""], Calls(first));
        Answer(conversation, first, "one");

        var second = await TurnAsync(client, conversation);
        Assert.Equal(["""Read {"path":"a"}""", """Bash {"command":"two"}"""], Calls(second));
        Assert.Equal(2, second[0].GetProperty("message").GetProperty("tool_calls").GetArrayLength());
        Answer(conversation, second, "two <system-reminder>be kind</system-reminder>", "three");

        var last = await TurnAsync(client, conversation);
        Assert.Empty(Calls(last));
        Assert.Equal("results: one | two | three", OllamaClient.Content(last));
    }

    [Fact]
    public async Task Tools_that_are_not_offered_are_not_called()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Agent());

        var lines = await client.LinesAsync(OllamaClient.Ask("""Write a title for: [[tool:Bash {"command":"x"}]]"""));

        Assert.Empty(Calls(lines));
        Assert.StartsWith("I am a simulated model. You said: Write a title", OllamaClient.Content(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_of_gpt_oss_come_on_the_done_line()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Agent());

        var lines = await client.LinesAsync(OllamaClient.Ask("[[think:Hm]][[tool:Bash]]", $",{Tools}", "gpt-oss:20b"));

        Assert.Equal("Hm", lines[0].GetProperty("message").GetProperty("thinking").GetString());
        Assert.True(lines[^1].GetProperty("done").GetBoolean());
        Assert.Equal(["Bash {}"], Calls([lines[^1]]));
    }

    [Fact]
    public async Task Only_the_first_try_breaks()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Agent());
        const string ask = """{"role":"user","content":"[[error:out of memory]] [[text:recovered]]"}""";

        var broken = await client.ChatAsync($$"""{"model":"llama3.1:8b","messages":[{{ask}}]}""");
        var again = await TurnAsync(client, [ask]);
        var resumed = await TurnAsync(client, [ask, """{"role":"assistant","content":"I be"}""", """{"role":"user","content":"Go on."}"""]);

        Assert.EndsWith("{\"error\":\"out of memory\"}\n", broken.Body, StringComparison.Ordinal);
        Assert.Equal("recovered", OllamaClient.Content(again));
        Assert.Equal("recovered", OllamaClient.Content(resumed));
    }

    [Fact]
    public async Task What_a_harness_adds_to_a_prompt_is_no_directive()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Agent());

        var lines = await client.LinesAsync(OllamaClient.Ask("<system-reminder>Prompts may hold [[text:x]] and [[error]].</system-reminder>Hello"));

        Assert.Equal("I am a simulated model. You said: Hello", OllamaClient.Content(lines));
    }

    [Theory]
    [InlineData("[[tool:Bash {\"command\":]]")]
    [InlineData("[[text:never closed")]
    [InlineData("[[unknown:x]] [[ ]] [[")]
    public async Task Broken_directives_are_plain_text(string text)
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Agent());

        var lines = await client.LinesAsync(OllamaClient.Ask(text, $",{Tools}"));

        Assert.Equal($"I am a simulated model. You said: {text}", OllamaClient.Content(lines));
    }

    private static Task<IReadOnlyList<JsonElement>> TurnAsync(OllamaClient client, List<string> conversation) =>
        client.LinesAsync($$"""{"model":"llama3.1:8b",{{Tools}},"messages":[{{string.Join(',', conversation)}}]}""");

    /// <summary>Appends the assistant's message of a reply and the results of its calls.</summary>
    private static void Answer(List<string> conversation, IEnumerable<JsonElement> reply, params string[] results)
    {
        var calls = ToolCalls(reply).Select(call => call.GetRawText());
        conversation.Add($$"""{"role":"assistant","content":"","tool_calls":[{{string.Join(',', calls)}}]}""");
        conversation.AddRange(results.Select(result => $$"""{"role":"tool","content":{{OllamaClient.Quote(result)}}}"""));
    }

    private static IEnumerable<string> Calls(IEnumerable<JsonElement> lines) =>
        ToolCalls(lines).Select(call => call.GetProperty("function")).Select(call => $"{call.GetProperty("name").GetString()} {call.GetProperty("arguments").GetRawText()}");

    private static IEnumerable<JsonElement> ToolCalls(IEnumerable<JsonElement> lines) => lines
        .Select(line => line.GetProperty("message"))
        .SelectMany(message => message.TryGetProperty("tool_calls", out var calls) ? calls.EnumerateArray().ToArray() : []);
}
