using System.Text.Json.Nodes;

namespace Dragoman.Tests.EndToEnd.Gemini;

/// <summary>A conversation as an agent has it: what the model answers goes back as it came, with the results of its calls.</summary>
internal sealed class AgentConversation(GeminiWorld world)
{
    private const string Tools = """[{"name":"Bash","description":"Runs a command","input_schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"command":{"type":"string"},"timeout":{"type":"number","exclusiveMinimum":0}},"required":["command"],"additionalProperties":false}},{"name":"Read","input_schema":{"type":"object","properties":{"path":{"type":"string"}}}}]""";

    private readonly JsonArray _messages = [];

    /// <summary>The model that is asked next.</summary>
    public string Model { get; set; } = GeminiWorld.Model;

    /// <summary>What the client wants to see of the thinking: omitted or summarized.</summary>
    public string Display { get; set; } = "omitted";

    /// <summary>Whether the client gives thinking blocks back.</summary>
    public bool KeepsThinking { get; set; } = true;

    /// <summary>Adds what the user says.</summary>
    public void Say(string text) => _messages.Add(new JsonObject { ["role"] = "user", ["content"] = text });

    /// <summary>Asks once; the answer is part of the conversation from now on.</summary>
    public async Task<JsonArray> AskAsync()
    {
        var request = new JsonObject
        {
            ["model"] = Model,
            ["max_tokens"] = 32000,
            ["thinking"] = new JsonObject { ["type"] = "adaptive", ["display"] = Display },
            ["system"] = "You are an agent.",
            ["tools"] = JsonNode.Parse(Tools),
            ["messages"] = _messages.DeepClone(),
        };
        var (status, body) = await world.SendAsync(request.ToJsonString());
        Assert.True(status == 200, body.GetRawText());
        var content = JsonNode.Parse(body.GetProperty("content").GetRawText())!.AsArray();
        var kept = content.Where(block => KeepsThinking || (string?)block!["type"] != "thinking").Select(block => block!.DeepClone());
        _messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray([.. kept]) });
        return content;
    }

    /// <summary>Answers the calls of an answer, the last one first, with a reminder behind them.</summary>
    public void Answer(JsonArray content, Func<JsonNode, JsonNode> result)
    {
        var blocks = Calls(content).Reverse().Select(call => (JsonNode)new JsonObject
        {
            ["type"] = "tool_result",
            ["tool_use_id"] = (string)call["id"]!,
            ["content"] = result(call),
        });
        _messages.Add(new JsonObject
        {
            ["role"] = "user",
            ["content"] = new JsonArray([.. blocks, new JsonObject { ["type"] = "text", ["text"] = "<system-reminder>Be brief.</system-reminder>" }]),
        });
    }

    /// <summary>Asks and answers until there are no more calls.</summary>
    /// <param name="result">The result of a call.</param>
    /// <param name="afterRound">What happens after each round, for example a restart.</param>
    /// <returns>The last answer's text, and how many rounds there were.</returns>
    public async Task<(string Text, int Rounds)> RunAsync(Func<JsonNode, JsonNode> result, Func<int, Task>? afterRound = null)
    {
        for (var round = 0; ; round++)
        {
            var content = await AskAsync();
            if (!Calls(content).Any()) return (string.Concat(content.Where(block => (string?)block!["type"] == "text").Select(block => (string?)block!["text"])), round);
            Answer(content, result);
            if (afterRound is not null) await afterRound(round);
        }
    }

    /// <summary>The command of a call.</summary>
    public static JsonNode Command(JsonNode call) => (string)call["input"]!["command"]!;

    /// <summary>The calls of an answer.</summary>
    public static IEnumerable<JsonNode> Calls(JsonArray content) => content.Where(block => (string?)block!["type"] == "tool_use").Select(block => block!);
}
