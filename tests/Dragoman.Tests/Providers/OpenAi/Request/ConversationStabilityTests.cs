using System.Text.Json.Nodes;
using Dragoman.Replies;

namespace Dragoman.Tests.Providers.OpenAi.Request;

/// <summary>Upstreams cache the beginning of a prompt. So the body of one turn must begin with the one of the turn before, byte for byte, but for the brackets that close it.</summary>
public sealed class ConversationStabilityTests
{
    private const int Turns = 10;

    [Theory]
    [InlineData("generic", "some-model", null)]
    [InlineData("openai", "gpt-4.1", null)]
    [InlineData("openai", "gpt-5.4", "encrypted:{\"type\":\"reasoning\",\"summary\":[],\"encrypted_content\":\"gAAAA\"}")]
    [InlineData("openrouter", "z-ai/glm-4.7", "details:[{\"type\":\"reasoning.text\",\"text\":\"Thought\",\"signature\":\"sig\"}]")]
    [InlineData("deepseek", "deepseek-v4-pro", null)]
    [InlineData("mistral", "mistral-small-latest", null)]
    [InlineData("vllm", "Qwen/Qwen3-32B", null)]
    [InlineData("xai", "grok-4.3", "encrypted:{\"type\":\"reasoning\",\"encrypted_content\":\"gAAAA\"}")]
    public void Each_turn_of_an_agent_begins_with_the_bytes_of_the_turn_before(string dialect, string model, string? upstream)
    {
        var session = new Session(model, upstream);
        var options = new JsonObject { ["dialect"] = dialect, ["model"] = model }.ToJsonString();
        var before = "";
        for (var turn = 0; turn < Turns; turn++)
        {
            var translated = RequestTranslation.Of(session.Request(), options);
            Assert.StartsWith(before, translated.Text, StringComparison.Ordinal);
            Assert.Empty(OpenAiBodyRules.Violations(translated.Body, translated.Sent.Dialect));
            Assert.DoesNotContain("cch=", translated.Text, StringComparison.Ordinal);
            before = translated.Text[..translated.Text.LastIndexOf(']')];
            session.Play(turn);
        }
    }

    /// <summary>A conversation as Claude Code keeps it: the client's side only.</summary>
    private sealed class Session(string model, string? upstream)
    {
        private readonly JsonArray _messages = [Message("user", Text("<system-reminder>\nToday is Monday.\n</system-reminder>"), Text("Fix the build."))];
        private int _requests;

        public string Request() => new JsonObject
        {
            ["model"] = "claude-sonnet-4-5",
            ["max_tokens"] = 4000,
            ["system"] = new JsonArray(Text($"x-anthropic-billing-header: cc_version=2.1.329; cch={_requests++:x5};"), Text("You are Claude Code.")),
            ["thinking"] = new JsonObject { ["type"] = "adaptive" },
            ["tools"] = new JsonArray(Tool("Bash"), Tool("Shot")),
            ["messages"] = _messages.DeepClone(),
        }.ToJsonString();

        /// <summary>The model calls tools (two at once in every third turn), the client answers, once with an image.</summary>
        public void Play(int turn)
        {
            var calls = Enumerable.Range(0, turn % 3 == 2 ? 2 : 1).Select(i => $"toolu_{turn}_{i}").ToList();
            var said = Message("assistant", Thinking(turn), Text($"Step {turn}."));
            foreach (var id in calls) Content(said).Add((JsonNode)new JsonObject { ["type"] = "tool_use", ["id"] = id, ["name"] = "Bash", ["input"] = new JsonObject { ["z"] = turn, ["command"] = "make" } });
            _messages.Add((JsonNode)said);
            var answers = Message("user");
            foreach (var id in Enumerable.Reverse(calls)) Content(answers).Add((JsonNode)Result(id, turn));
            if (turn % 2 == 1) Content(answers).Add((JsonNode)Text("<system-reminder>\nThe list is empty.\n</system-reminder>"));
            if (turn % 5 == 2) Content(answers).Add((JsonNode)Text("And hurry."));
            _messages.Add((JsonNode)answers);
            if (turn % 4 == 3) _messages.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = $"<total_tokens>{1000 - turn} tokens left</total_tokens>" });
            if (turn % 5 != 4) return;
            _messages.Add((JsonNode)Message("assistant", Text("Done so far.")));
            _messages.Add((JsonNode)Message("user", Text("Go on.")));
        }

        // Every third thought comes without what the upstream made of it.
        private JsonObject Thinking(int turn) => new()
        {
            ["type"] = "thinking",
            ["thinking"] = $"Thought {turn}",
            ["signature"] = new ThinkingSignature("upstream", model, Thinking: null) { Upstream = turn % 3 == 1 ? null : upstream }.Seal(),
        };

        private static JsonObject Result(string id, int turn) => new()
        {
            ["type"] = "tool_result",
            ["tool_use_id"] = id,
            ["is_error"] = turn == 6,
            ["content"] = turn == 4
                ? new JsonArray(Text("a shot"), new JsonObject { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = "image/png", ["data"] = "iVBORw0KGgo=" } })
                : $"Result of {id} – größer",
        };

        private static JsonArray Content(JsonObject message) => (JsonArray)message["content"]!;

        private static JsonObject Message(string role, params JsonNode[] content) => new() { ["role"] = role, ["content"] = new JsonArray(content) };

        private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

        private static JsonObject Tool(string name) => new() { ["name"] = name, ["description"] = $"The tool {name}.", ["input_schema"] = JsonNode.Parse("""{"type":"object","properties":{"command":{"type":"string"}}}""") };
    }
}
