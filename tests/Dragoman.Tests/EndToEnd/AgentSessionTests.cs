using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.EndToEnd;

public sealed class AgentSessionTests
{
    private const string Tools = """[{"name":"Bash","description":"Runs a command","input_schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"command":{"type":"string"},"timeout":{"type":"number","maximum":600000}},"required":["command"],"additionalProperties":false}},{"name":"Read","input_schema":{"type":"object","properties":{"path":{"type":"string"}}}}]""";

    /// <summary>
    /// A session of the shape that Claude Code's has: attribution block, system messages in the middle, reminders beside results, thinking that comes back in
    /// signatures. Ten tool turns, each upstream request a byte prefix of the next up to the end of its messages.
    /// </summary>
    [Theory(Timeout = 60_000)]
    [InlineData("omitted")]
    [InlineData("summarized")]
    public async Task Ten_tool_turns_extend_one_conversation_byte_for_byte(string display)
    {
        await using var gateway = await OllamaGateway.StartAsync(new OllamaScenario
        {
            Reply = call => new ChatReply().Thinking($"thought {call.Number} \"quoted\"").Text("Let me see.").ToolCall("Bash", $$"""{"command":"echo {{call.Number}}","timeout":1000}"""),
        });
        var messages = new JsonArray(Message("user", "Do something"), Message("system", "The date is 2026-11-21."));
        for (var turn = 0; turn < 10; turn++)
        {
            var content = await AskAsync(gateway, messages, display, turn);
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = content.DeepClone() });
            var id = content.Single(block => (string?)block!["type"] == "tool_use")!["id"]!.GetValue<string>();
            messages.Add(new JsonObject
            {
                ["role"] = "user",
                ["content"] = new JsonArray(
                    new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id, ["content"] = $"output {turn}" },
                    new JsonObject { ["type"] = "text", ["text"] = "<system-reminder>Be brief.</system-reminder>" }),
            });
            if (turn % 3 == 0) messages.Add(Message("system", $"{1000 - turn} tokens left"));
        }

        var bodies = gateway.Ollama.ChatRequests;
        Assert.Equal(10, bodies.Count);
        for (var turn = 1; turn < bodies.Count; turn++)
        {
            // Everything up to the end of the last message; behind it only the array and the object are closed.
            Assert.EndsWith("]}", bodies[turn - 1]);
            Assert.StartsWith(bodies[turn - 1][..^2], bodies[turn]);
        }

        Assert.Contains("thought 3", bodies[^1]);
        Assert.Equal(1, gateway.Ollama.Loads("qwen3:8b"));
        Assert.DoesNotContain("x-anthropic-billing-header", bodies[0]);
    }

    private static async Task<JsonArray> AskAsync(OllamaGateway gateway, JsonArray messages, string display, int turn)
    {
        var request = new JsonObject
        {
            ["model"] = "qwen3:8b",
            ["max_tokens"] = 32000,
            ["thinking"] = new JsonObject { ["type"] = "adaptive", ["display"] = display },
            // Its fingerprint changes from one version of the client to the next.
            ["system"] = new JsonArray(Text($"x-anthropic-billing-header: cc_version=2.1.329.{turn}; cc_entrypoint=cli;"), Text("You are an agent.")),
            ["tools"] = JsonNode.Parse(Tools),
            ["metadata"] = new JsonObject { ["user_id"] = $"user-{turn}" },
            ["messages"] = messages.DeepClone(),
        };
        var (status, body) = await gateway.SendAsync(request.ToJsonString());
        Assert.Equal(200, status);
        return JsonNode.Parse(body.GetProperty("content").GetRawText())!.AsArray();
    }

    private static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    [Fact(Timeout = 60_000)]
    public async Task A_forced_tool_is_called_by_grammar()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Agent());
        var (status, body) = await gateway.SendAsync($$"""{"model":"llama3.1:8b","max_tokens":100,"tool_choice":{"type":"tool","name":"Bash"},"tools":{{Tools}},"messages":[{"role":"user","content":"go"}]}""");
        Assert.Equal(200, status);
        Assert.Equal("tool_use", body.GetProperty("stop_reason").GetString());
        var call = Assert.Single(body.GetProperty("content").EnumerateArray());
        Assert.Equal("Bash", call.GetProperty("name").GetString());
        Assert.Equal("simulated", call.GetProperty("input").GetProperty("command").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Structured_output_is_held_to_its_schema()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Agent());
        var (_, body) = await gateway.SendAsync("""{"model":"llama3.1:8b","max_tokens":100,"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"title":{"type":"string"}},"required":["title"]}}},"messages":[{"role":"user","content":"Title?"}]}""");
        var text = body.GetProperty("content")[0].GetProperty("text").GetString()!;
        Assert.Equal("simulated", JsonDocument.Parse(text).RootElement.GetProperty("title").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stop_sequence_is_reported_and_ends_the_upstreams_work()
    {
        await using var gateway = await OllamaGateway.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("one two STOP three").WaitFor(new TaskCompletionSource().Task)));
        var (_, body) = await gateway.SendAsync("""{"model":"llama3.1:8b","max_tokens":100,"stop_sequences":["STOP"],"messages":[{"role":"user","content":"count"}]}""");
        Assert.Equal("stop_sequence", body.GetProperty("stop_reason").GetString());
        Assert.Equal("STOP", body.GetProperty("stop_sequence").GetString());
        Assert.Equal("one two ", body.GetProperty("content")[0].GetProperty("text").GetString());
        await gateway.Ollama.WaitForOpenChatsAsync(0, new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
    }
}
