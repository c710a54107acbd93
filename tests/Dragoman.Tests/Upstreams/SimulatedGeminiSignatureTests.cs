using System.Net;
using System.Text.Json;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.Tests.Upstreams;

/// <summary>Thought signatures: where they are issued, and that they must come back to where they belong.</summary>
public sealed class SimulatedGeminiSignatureTests
{
    private const string Tools = ""","tools":[{"functionDeclarations":[{"name":"Bash"},{"name":"Read"}]}]""";
    private const string Bypass = "skip_thought_signature_validator";
    private static readonly string Start = GeminiClient.User("start");

    private static GeminiScenario Calling => GeminiScenario.Always(() => new GeminiReply().Calls(("Bash", """{"command":"one","n":1}"""), ("Read", "{}")));

    [Fact]
    public async Task Of_parallel_calls_the_first_is_signed()
    {
        await using var client = await GeminiClient.StartAsync(Calling);
        var calls = GeminiClient.Parts(await client.ChunksAsync(GeminiClient.Ask("go", Tools))).Where(part => part.TryGetProperty("functionCall", out _)).ToList();
        Assert.Equal([true, false], calls.Select(call => call.TryGetProperty("thoughtSignature", out _)));
        Assert.Equal(2, calls.Select(call => call.GetProperty("functionCall").GetProperty("id").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Text_is_signed_on_an_empty_last_part()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Text("Hello"));
        var last = GeminiClient.Parts(await client.ChunksAsync(GeminiClient.Ask("hi")))[^1];
        Assert.Equal("", last.GetProperty("text").GetString());
        Assert.True(last.GetProperty("thoughtSignature").GetString()!.Length > 200);
    }

    [Theory]
    [InlineData("right", null)]
    [InlineData(Bypass, null)]
    [InlineData(null, "Function call is missing a thought_signature in functionCall parts. ")]
    [InlineData("c29tZXRoaW5n", "Invalid thought signature")]
    [InlineData("AAAAA", "Corrupted thought signature")]
    public async Task The_first_call_of_a_step_must_bring_its_own(string? signature, string? refusal)
    {
        await using var client = await GeminiClient.StartAsync(Calling);
        var issued = await SignatureAsync(client);
        var body = Body(Step(signature == "right" ? issued : signature, """{"n":1.0,"command":"one"}"""));
        if (refusal is null)
        {
            Assert.Equal(HttpStatusCode.OK, (await client.AskAsync("generateContent", body)).Status);
            Assert.Equal((signature == Bypass ? 0 : 1, signature == Bypass ? 1 : 0), (client.Server.Calls[^1].Signatures, client.Server.Calls[^1].BypassedSignatures));
        }
        else
        {
            Assert.StartsWith(refusal, await client.RefusalAsync(body), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_refusal_names_the_call_and_its_place()
    {
        await using var client = await GeminiClient.StartAsync(Calling);
        Assert.Contains("Additional data, function call `default_api:Bash` , position 2. ", await client.RefusalAsync(Body(Step(null))), StringComparison.Ordinal);
        client.Flavour = ApiFlavour.Vertex;
        Assert.StartsWith(
            "Unable to submit request because function call `Bash` in the 4. content block is missing a `thought_signature`.",
            await client.RefusalAsync(Body(Step(Bypass), Step(null))),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_is_good_for_its_model_its_call_and_its_arguments_only()
    {
        await using var client = await GeminiClient.StartAsync(Calling);
        var issued = await SignatureAsync(client);
        Assert.Equal("Invalid thought signature", await client.RefusalAsync(Body(Step(issued)), "gemini-3.1-pro-preview"));
        Assert.Equal("Invalid thought signature", await client.RefusalAsync(Body(Step(issued, """{"command":"two","n":1}"""))));
        Assert.Equal("Invalid thought signature", await client.RefusalAsync(Body(Step(issued).Replace("Bash", "Read"))));
        // On a part that is no call.
        var text = $$"""{"text":"x","thoughtSignature":"{{issued}}"},""";
        Assert.Equal("Invalid thought signature", await client.RefusalAsync(Body(Step(Bypass).Replace("{\"functionCall\"", text + "{\"functionCall\""))));
    }

    [Fact]
    public async Task Every_step_of_the_current_turn_is_checked_and_no_earlier_one()
    {
        await using var client = await GeminiClient.StartAsync(Calling);
        Assert.Contains("position 4", await client.RefusalAsync(Body(Step(Bypass), Step(null), Step(Bypass))), StringComparison.Ordinal);
        // A reminder beside the result doesn't begin a turn.
        Assert.Contains("position 2", await client.RefusalAsync(Body(Step(null)[..^2] + ",{\"text\":\"reminder\"}]}")), StringComparison.Ordinal);
        // The next question does.
        var next = Body(Step(null), """{"role":"model","parts":[{"text":"done"}]}""", GeminiClient.User("next"), Step(Bypass));
        Assert.Equal(HttpStatusCode.OK, (await client.AskAsync("generateContent", next)).Status);
    }

    [Fact]
    public async Task Older_models_do_without()
    {
        await using var client = await GeminiClient.StartAsync(Calling);
        Assert.Equal(HttpStatusCode.OK, (await client.AskAsync("generateContent", Body(Step(null)), "gemini-2.5-pro")).Status);
    }

    private static async Task<string> SignatureAsync(GeminiClient client) =>
        GeminiClient.Parts(await client.ChunksAsync(GeminiClient.Ask("go", Tools)))[0].GetProperty("thoughtSignature").GetString()!;

    private static string Body(params string[] steps) => $$"""{"contents":[{{Start}},{{string.Join(',', steps)}}]{{Tools}}}""";

    /// <summary>A call of Bash and its result.</summary>
    private static string Step(string? signature, string arguments = """{"command":"one","n":1}""")
    {
        var signed = signature is null ? "" : $",\"thoughtSignature\":{JsonSerializer.Serialize(signature)}";
        var call = $$"""{"functionCall":{"name":"Bash","args":{{arguments}}}""";
        return $$$$"""{"role":"model","parts":[{{{{call + signed + "}"}}}}]},{"role":"user","parts":[{"functionResponse":{"name":"Bash","response":{"output":"x"}}}]}""";
    }
}
