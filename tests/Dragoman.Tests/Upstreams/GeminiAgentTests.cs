using System.Text.Json;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.Tests.Upstreams;

/// <summary>The brain that does what prompts say, behind the simulated Gemini.</summary>
public sealed class GeminiAgentTests
{
    private const string Tools = ""","tools":[{"functionDeclarations":[{"name":"Bash"},{"name":"Read"}]}]""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Directives_play_round_by_round_and_quote_the_results(bool ids)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent() with { GivesCallIds = ids });
        var conversation = new List<string> { GeminiClient.User("""[[text:First.]] [[tool:Bash {"command":"one"}]][[then]] [[tool:Read {"path":"a"}]][[and]][[tool:Bash {"command":"two"}]]""") };

        var first = await TurnAsync(client, conversation);
        Assert.Equal("First.", string.Concat(first.Where(part => part.TryGetProperty("text", out _)).Select(part => part.GetProperty("text").GetString())));
        Answer(conversation, first, reversed: false, "one");
        // Ids tell whose result it is, whatever the order.
        Answer(conversation, await TurnAsync(client, conversation), reversed: ids, "two <system-reminder>be kind</system-reminder>", "three");
        var last = await TurnAsync(client, conversation);

        Assert.Equal("results: one | two | three", string.Concat(last.Select(part => part.GetProperty("text").GetString())));
        Assert.Equal(2, client.Server.Calls[^1].Signatures);
        Assert.Equal(0, client.Server.Calls[^1].BypassedSignatures);
    }

    [Fact]
    public async Task Only_the_first_try_breaks()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var broken = await client.ChunksAsync(GeminiClient.Ask("[[error:out of memory]] [[text:recovered]]"));
        Assert.Equal("out of memory", broken[^1].GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("recovered", GeminiClient.Text(await client.ChunksAsync(GeminiClient.Ask("[[error:out of memory]] [[text:recovered]]"))));
    }

    private static async Task<IReadOnlyList<JsonElement>> TurnAsync(GeminiClient client, List<string> conversation) =>
        GeminiClient.Parts(await client.ChunksAsync($$"""{"contents":[{{string.Join(',', conversation)}}]{{Tools}}}"""));

    /// <summary>Appends the model's content as it came, and the results of its calls.</summary>
    private static void Answer(List<string> conversation, IReadOnlyList<JsonElement> parts, bool reversed, params string[] results)
    {
        var calls = parts.Where(part => part.TryGetProperty("functionCall", out _)).Select(part => part.GetProperty("functionCall")).ToList();
        // An empty text without a signature is no part that may be sent.
        var sent = parts.Where(part => !(part.TryGetProperty("text", out var text) && text.ValueEquals("")));
        conversation.Add($$"""{"role":"model","parts":[{{string.Join(',', sent.Select(part => part.GetRawText()))}}]}""");
        var responses = calls.Zip(results, (call, result) =>
        {
            var id = call.TryGetProperty("id", out var given) ? $"\"id\":{given.GetRawText()}," : "";
            return $"{{\"functionResponse\":{{{id}\"name\":{call.GetProperty("name").GetRawText()},\"response\":{{\"output\":{OllamaClient.Quote(result)}}}}}}}";
        });
        conversation.Add($$"""{"role":"user","parts":[{{string.Join(',', reversed ? responses.Reverse() : responses)}}]}""");
    }
}
