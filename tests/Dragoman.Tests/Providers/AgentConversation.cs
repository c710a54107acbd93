using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Replies;

namespace Dragoman.Tests.Providers;

/// <summary>A conversation as Claude Code keeps it: the client's side only.</summary>
/// <param name="display">How thinking is shown.</param>
/// <param name="sign">Makes the signature of a turn's thinking; the text is null unless it travels in the signature.</param>
internal sealed class AgentConversation(string display, Func<int, string?, ThinkingSignature> sign)
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
        var said = new JsonArray(Thinking(turn, $"Thought {turn}"));
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

    private JsonObject Thinking(int turn, string text)
    {
        var omitted = display == "omitted";
        var signature = sign(turn, omitted ? text : null).Seal();
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
