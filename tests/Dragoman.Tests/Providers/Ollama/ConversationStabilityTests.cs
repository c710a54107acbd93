using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Replies;

namespace Dragoman.Tests.Providers.Ollama;

/// <summary>
/// A local model reads again everything behind the first byte that changed since the turn before: for an agent that is minutes. So the messages of one turn must
/// be a prefix of the next one's, byte for byte, and nothing before them may change.
/// </summary>
public sealed class ConversationStabilityTests
{
    private const int Turns = 10;

    [Theory]
    [InlineData("summarized")]
    [InlineData("omitted")]
    public async Task Each_turn_of_an_agent_begins_with_the_bytes_of_the_turn_before(string display)
    {
        var bodies = await SessionAsync(new Session(display));
        for (var turn = 1; turn < bodies.Count; turn++) Assert.StartsWith(Open(bodies[turn - 1]), bodies[turn], StringComparison.Ordinal);
        Assert.Contains("Thought 3", bodies[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("cch=", bodies[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loading_a_tool_changes_nothing_but_the_end_of_the_tools()
    {
        const int loadedAt = 4;
        var bodies = await SessionAsync(new Session("omitted") { LoadsToolAt = loadedAt });
        for (var turn = 1; turn < bodies.Count; turn++)
        {
            var (before, after) = (Split(bodies[turn - 1]), Split(bodies[turn]));
            Assert.StartsWith(Open(before.Messages), after.Messages, StringComparison.Ordinal);
            // The request in which the reference arrives is the first that offers the tool.
            if (turn == loadedAt) Assert.StartsWith(before.Head[..before.Head.LastIndexOf(']')], after.Head, StringComparison.Ordinal);
            else Assert.Equal(before.Head, after.Head);
        }

        Assert.DoesNotContain("DeferredToolPlaceholder", bodies[^1], StringComparison.Ordinal);
        Assert.Contains("\"name\":\"WebFetch\"", Split(bodies[^1]).Head, StringComparison.Ordinal);
    }

    // Everything but the brackets that close the array and the body: what follows in the next turn stands there.
    private static string Open(string body) => body[..body.LastIndexOf(']')];

    private static (string Head, string Messages) Split(string body)
    {
        const string messages = "\"messages\":[";
        var at = body.IndexOf(messages, StringComparison.Ordinal);
        return (body[..at], body[at..]);
    }

    private static async Task<List<string>> SessionAsync(Session session)
    {
        var bodies = new List<string>();
        for (var turn = 0; turn < Turns; turn++)
        {
            bodies.Add((await Translation.OfAsync(session.Request())).Body);
            session.Play(turn);
        }

        return bodies;
    }

    /// <summary>A conversation as Claude Code keeps it: the client's side only.</summary>
    private sealed class Session(string display)
    {
        private readonly JsonArray _messages = [new JsonObject { ["role"] = "user", ["content"] = new JsonArray(Text("<system-reminder>\nToday is Monday.\n</system-reminder>"), Text("Fix the build.")) }];
        private readonly JsonArray _tools =
        [
            Tool("Bash"), Tool("Read"), Tool("ToolSearch"),
            With(Tool("DeferredToolPlaceholder"), "defer_loading", true),
        ];

        private int _requests;

        /// <summary>The turn that loads a tool, if any.</summary>
        public int? LoadsToolAt { get; init; }

        public byte[] Request() => Encoding.UTF8.GetBytes(new JsonObject
        {
            ["model"] = "claude-sonnet-4-5",
            ["max_tokens"] = 32000,
            // Changes from request to request, as the attribution once did.
            ["system"] = new JsonArray(Text($"x-anthropic-billing-header: cc_version=2.1.329; cch={_requests++:x5};"), Text("You are Claude Code."), Text("Work carefully.")),
            ["thinking"] = new JsonObject { ["type"] = "adaptive", ["display"] = display },
            ["context_management"] = new JsonObject { ["edits"] = new JsonArray(new JsonObject { ["type"] = "clear_thinking_20251015", ["keep"] = "all" }) },
            ["tools"] = _tools.DeepClone(),
            ["messages"] = _messages.DeepClone(),
            ["stream"] = true,
        }.ToJsonString());

        /// <summary>The model calls tools (two at once in every third turn), the client answers.</summary>
        public void Play(int turn)
        {
            var loads = turn + 1 == LoadsToolAt;
            var calls = Enumerable.Range(0, turn % 3 == 2 && !loads ? 2 : 1).Select(i => $"toolu_{turn}_{i}").ToList();
            var said = new JsonArray(Thinking($"Thought {turn}"));
            if (turn % 2 == 0) said.Add((JsonNode)Text($"Step {turn}."));
            foreach (var id in calls) said.Add((JsonNode)new JsonObject { ["type"] = "tool_use", ["id"] = id, ["name"] = loads ? "ToolSearch" : "Bash", ["input"] = new JsonObject { ["z"] = turn, ["command"] = "make" } });
            _messages.Add((JsonNode)new JsonObject { ["role"] = "assistant", ["content"] = said });

            var results = new JsonArray();
            foreach (var id in Enumerable.Reverse(calls)) results.Add((JsonNode)Result(id, turn, loads));
            if (loads) results.Add((JsonNode)Text("Tool loaded."));
            else if (turn % 2 == 1) results.Add((JsonNode)Text("<system-reminder>\nThe todo list is empty.\n</system-reminder>"));
            _messages.Add((JsonNode)new JsonObject { ["role"] = "user", ["content"] = results });
            if (turn % 4 == 3) _messages.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = $"<total_tokens>{1000 - turn} tokens left</total_tokens>" });
            if (turn % 5 == 4)
            {
                _messages.Add((JsonNode)new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(Text("Done so far.")) });
                _messages.Add((JsonNode)new JsonObject { ["role"] = "user", ["content"] = "Go on." });
            }

            if (loads) _tools.Add((JsonNode)With(Tool("WebFetch"), "defer_loading", true));
        }

        private JsonObject Thinking(string text)
        {
            var omitted = display == "omitted";
            var signature = new ThinkingSignature("ollama", "qwen3:8b", omitted ? text : null).Seal();
            return new JsonObject { ["type"] = "thinking", ["thinking"] = omitted ? "" : text, ["signature"] = signature };
        }

        private static JsonObject Result(string id, int turn, bool loads) => new()
        {
            ["type"] = "tool_result",
            ["tool_use_id"] = id,
            ["is_error"] = turn == 6,
            ["content"] = loads ? new JsonArray(new JsonObject { ["type"] = "tool_reference", ["tool_name"] = "WebFetch" }) : $"Result of {id} – größer",
        };

        private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

        private static JsonObject Tool(string name) => new() { ["name"] = name, ["description"] = $"The tool {name}.", ["input_schema"] = JsonNode.Parse("""{"type":"object","properties":{"command":{"type":"string"}}}""") };

        private static JsonObject With(JsonObject tool, string field, JsonNode value)
        {
            tool[field] = value;
            return tool;
        }
    }
}
