using System.Text.Json;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.Tests.Upstreams;

/// <summary>How the simulated Gemini writes: forms of an answer, pieces, endings, waiting.</summary>
public sealed class SimulatedGeminiStreamTests
{

    [Theory]
    [InlineData(ApiFlavour.GeminiApi)]
    [InlineData(ApiFlavour.VertexExpress)]
    [InlineData(ApiFlavour.Vertex)]
    public async Task Every_flavour_answers_in_all_three_forms(ApiFlavour flavour)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Text("Grüße aus 東京 🚀 <b>, one two three four five"));
        client.Flavour = flavour;

        var chunks = await client.ChunksAsync(GeminiClient.Ask("hi"));
        var (_, array) = await client.AskAsync("streamGenerateContent", GeminiClient.Ask("hi"));
        var (_, whole) = await client.AskAsync("generateContent", GeminiClient.Ask("hi"));

        Assert.True(chunks.Count > 2);
        Assert.Equal("Grüße aus 東京 🚀 <b>, one two three four five", GeminiClient.Text(chunks));
        Assert.Equal("STOP", GeminiClient.FinishReason(chunks));
        Assert.StartsWith("[{\n  \"candidates\": [\n", array, StringComparison.Ordinal);
        Assert.Contains("\n}\n,\r\n{\n", array, StringComparison.Ordinal);
        Assert.Equal(GeminiClient.Text(chunks), GeminiClient.Text(JsonElement.Parse(array).EnumerateArray()));
        Assert.Equal(GeminiClient.Text(chunks), GeminiClient.Text([JsonElement.Parse(whole)]));
        Assert.Single(GeminiClient.Parts([JsonElement.Parse(whole)]));
        Assert.All(client.Server.Calls, call => Assert.Equal(flavour, call.Route.Flavour));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    public async Task Split_bytes_reassemble_to_the_same_answer(int seed)
    {
        var scenario = GeminiScenario.Text("Grüße aus 東京 🚀");
        await using var whole = await GeminiClient.StartAsync(scenario);
        await using var split = await GeminiClient.StartAsync(scenario.SplitBytes(seed));

        Assert.Equal(await whole.AskAsync("streamGenerateContent?alt=sse", GeminiClient.Ask("hi")), await split.AskAsync("streamGenerateContent?alt=sse", GeminiClient.Ask("hi")));
        Assert.Equal(await whole.AskAsync("streamGenerateContent", GeminiClient.Ask("hi")), await split.AskAsync("streamGenerateContent", GeminiClient.Ask("hi")));
    }
}
