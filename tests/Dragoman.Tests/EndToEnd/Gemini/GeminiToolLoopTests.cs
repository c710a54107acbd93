using System.Text.Json.Nodes;
using Dragoman.Tests.Providers;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.Tests.EndToEnd.Gemini;

/// <summary>Tool loops against rules that hold: a signature that is lost, or comes back in the wrong place, is a 400 here as it is at Google's.</summary>
public sealed class GeminiToolLoopTests
{
    private const int Rounds = 20;

    public static TheoryData<ApiFlavour, string> Doors => new(
        from flavour in Enum.GetValues<ApiFlavour>() from display in (string[])["omitted", "summarized"] select (flavour, display));

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Doors))]
    public async Task Twenty_rounds_give_every_signature_back(ApiFlavour flavour, string display)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent(), flavour);
        var conversation = new AgentConversation(world) { Display = display };
        conversation.Say(Script(Rounds, think: true));
        var (text, rounds) = await conversation.RunAsync(AgentConversation.Command);
        Assert.Equal($"results: {string.Join(" | ", Enumerable.Range(0, Rounds).Select(round => $"echo {round}"))}", text);
        Assert.Equal(Rounds, rounds);
        Assert.Empty(world.Gemini.Refusals);
        Assert.Equal(Enumerable.Range(0, Rounds + 1), world.Gemini.Calls.Select(call => call.Signatures));
        Assert.All(world.Gemini.Calls, call => Assert.Equal(0, call.BypassedSignatures));
        // Each turn extends the one before, so Google's cache stays good.
        Assert.True(world.Gemini.Calls[^1].CachedTokens > world.Gemini.Calls[^1].PromptTokens * 8 / 10 || world.Gemini.Calls[^1].PromptTokens < 1300);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_restart_in_every_round_the_signatures_still_come_back(bool thinks)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent());
        var conversation = new AgentConversation(world);
        conversation.Say(Script(4, thinks));
        var (_, rounds) = await conversation.RunAsync(AgentConversation.Command, _ => world.RestartAsync());
        Assert.Equal(4, rounds);
        Assert.Empty(world.Gemini.Refusals);
        Assert.Equal((4, 0), (world.Gemini.Calls[^1].Signatures, world.Gemini.Calls[^1].BypassedSignatures));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_drops_thinking_is_served_from_memory_and_after_a_restart_by_the_bypass()
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent());
        var conversation = new AgentConversation(world) { KeepsThinking = false };
        conversation.Say(Script(4, think: true));
        await conversation.RunAsync(AgentConversation.Command, round => round == 2 ? world.RestartAsync() : Task.CompletedTask);
        Assert.Empty(world.Gemini.Refusals);
        Assert.Equal([(0, 0), (1, 0), (2, 0), (0, 3), (1, 3)], world.Gemini.Calls.Select(call => (call.Signatures, call.BypassedSignatures)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true, ApiFlavour.GeminiApi)]
    [InlineData(false, ApiFlavour.GeminiApi)]
    [InlineData(true, ApiFlavour.Vertex)]
    public async Task Results_of_parallel_calls_reach_their_own_call(bool ids, ApiFlavour flavour)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent() with { GivesCallIds = ids, PrefixesNames = !ids }, flavour);
        var conversation = new AgentConversation(world);
        conversation.Say("""[[tool:Bash {"command":"one"}]][[and]][[tool:Bash {"command":"two"}]][[and]][[tool:Bash {"command":"three"}]] [[then]] [[tool:Bash {"command":"four"}]]""");
        // The results are sent the last one first.
        var (text, _) = await conversation.RunAsync(AgentConversation.Command);
        Assert.Equal("results: one | two | three | four", text);
        Assert.Empty(world.Gemini.Refusals);
        Assert.Equal((2, 0), (world.Gemini.Calls[^1].Signatures, world.Gemini.Calls[^1].BypassedSignatures));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Arguments_may_come_in_pieces(bool isTerminated)
    {
        const string arguments = """{"command":"echo \"größer 👋\" && ls","timeout":1000}""";
        await using var world = await GeminiWorld.StartAsync(
            GeminiScenario.InTurn(new GeminiReply().Call("Bash", arguments, isTerminated), new GeminiReply().Text("done")) with { StreamsArguments = true }, ApiFlavour.Vertex);
        var conversation = new AgentConversation(world);
        conversation.Say("go");
        var call = AgentConversation.Calls(await conversation.AskAsync()).Single();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(arguments), call["input"]), call.ToJsonString());
        // The signature fits the arguments that were put together.
        conversation.Answer([call.DeepClone()], AgentConversation.Command);
        await conversation.AskAsync();
        Assert.Empty(world.Gemini.Refusals);
        Assert.Equal((1, 0), (world.Gemini.Calls[^1].Signatures, world.Gemini.Calls[^1].BypassedSignatures));
    }

    [Fact(Timeout = 60_000)]
    public async Task Models_may_be_switched_in_the_middle_of_a_turn_and_back()
    {
        string[] models = ["gemini-3.8-flash", "gemini-3.1-pro-preview", "gemini-2.5-flash", "gemini-3.8-flash", "gemini-4-argon", "gemini-3.8-flash"];
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent());
        var conversation = new AgentConversation(world) { Model = models[0] };
        conversation.Say(Script(5, think: true));
        var (text, _) = await conversation.RunAsync(AgentConversation.Command, round =>
        {
            conversation.Model = models[round + 1];
            return Task.CompletedTask;
        });
        Assert.EndsWith("echo 4", text, StringComparison.Ordinal);
        Assert.Empty(world.Gemini.Refusals);
        Assert.Equal(models, world.Gemini.Calls.Select(call => call.Model.Name));
        // Its own two calls bring their signatures; the others' get the bypass.
        Assert.Equal((2, 3), (world.Gemini.Calls[^1].Signatures, world.Gemini.Calls[^1].BypassedSignatures));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_foreign_history_is_taken_over()
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent());
        var (status, body) = await world.SendAsync($$$$$"""
            {"model":"{{{{{GeminiWorld.Model}}}}}","max_tokens":1000,"tools":[{"name":"Bash","input_schema":{"type":"object","properties":{"command":{"type":"string"}}}}],"messages":[
            {"role":"user","content":"[[text:went on]]"},
            {"role":"assistant","content":[{"type":"thinking","thinking":"Claude thought.","signature":"RXJBQ0NrZ0lDQkFDR0FJ"},{"type":"tool_use","id":"toolu_01","name":"Bash","input":{"command":"a"}},{"type":"tool_use","id":"toolu_02","name":"Bash","input":{"command":"b"}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_01","content":"x"},{"type":"tool_result","tool_use_id":"toolu_02"}]}]}
            """);
        Assert.True(status == 200, body.GetRawText());
        Assert.Empty(world.Gemini.Refusals);
        Assert.Equal((0, 1), (world.Gemini.Calls[^1].Signatures, world.Gemini.Calls[^1].BypassedSignatures));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("gemini-3.8-flash", true)]
    [InlineData("gemini-2.5-pro", false)]
    public async Task Pictures_in_results_stand_inside_where_the_model_sees_them_there(string model, bool inside)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent());
        var conversation = new AgentConversation(world) { Model = model };
        conversation.Say("""[[tool:Read {"path":"dot.png"}]] [[then]] [[text:seen]]""");
        const string png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
        // The second round's results: a text, a picture, and a form that Gemini doesn't know.
        var (text, _) = await conversation.RunAsync(_ => JsonNode.Parse($$$"""[{"type":"text","text":"a dot"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{png}}}"}},{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"{{{png}}}"}}]""")!);
        Assert.Equal("seen", text);
        Assert.Empty(world.Gemini.Refusals);
        var parts = world.Gemini.Calls[^1].Contents[^1].GetProperty("parts").EnumerateArray().ToList();
        Assert.Equal(inside, parts[0].GetProperty("functionResponse").TryGetProperty("parts", out _));
        Assert.Equal(!inside, parts.Exists(part => part.TryGetProperty("inlineData", out _)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failed_tool_is_told_as_an_error()
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent());
        var (status, _) = await world.SendAsync($$$$"""
            {"model":"{{{{GeminiWorld.Model}}}}","max_tokens":1000,"tools":[{"name":"Bash","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"[[text:I see]]"},
            {"role":"assistant","content":[{"type":"tool_use","id":"toolu_01","name":"Bash","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_01","is_error":true,"content":"Exit code 3"}]}]}
            """);
        Assert.Equal(200, status);
        var response = world.Gemini.Calls[^1].Contents[^1].GetProperty("parts")[0].GetProperty("functionResponse").GetProperty("response");
        Assert.Contains("Exit code 3", response.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ApiFlavour.GeminiApi)]
    [InlineData(ApiFlavour.VertexExpress)]
    [InlineData(ApiFlavour.Vertex)]
    public async Task Claude_Codes_own_tools_are_taken_by_every_door(ApiFlavour flavour)
    {
        await using var world = await GeminiWorld.StartAsync(GeminiScenario.Agent(), flavour);
        var names = CaseFolder.ClaudeCode.Files().Where(file => file.StartsWith("claude-code-", StringComparison.Ordinal) && !file.Contains("count-tokens", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(names);
        foreach (var name in names)
        {
            var request = JsonNode.Parse(CaseFolder.ClaudeCode.Read(name, ""))!;
            request["model"] = GeminiWorld.Model;
            request["stream"] = false;
            var (status, body) = await world.SendAsync(request.ToJsonString());
            Assert.True(status == 200, $"{name}: {body.GetRawText()}");
        }

        Assert.Empty(world.Gemini.Refusals);
    }

    private static string Script(int rounds, bool think) => string.Join(
        " [[then]] ", Enumerable.Range(0, rounds).Select(round => $$"""{{(think ? $"[[think:thought {round}]] " : "")}}[[tool:Bash {"command":"echo {{round}}","timeout":1000}]]"""));
}
