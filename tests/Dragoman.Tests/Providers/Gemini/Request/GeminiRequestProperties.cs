using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Providers.Gemini.Request;
using Dragoman.Replies;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Providers.Gemini.Request;

/// <summary>Random conversations, as odd as the API allows them.</summary>
public sealed class GeminiRequestProperties
{
    private const string OwnSignature = "T1dO";

    private static readonly Config Runs = Seeded.Config.WithMaxTest(500);

    private static int _ids;

    [Fact]
    public void Every_conversation_comes_out_in_the_order_that_Gemini_insists_on() => Prop.ForAll(Conversations().ToArbitrary(), conversation =>
    {
        foreach (var model in (string[])[RequestTranslation.Model, "gemini-2.5-flash"])
        {
            var translated = RequestTranslation.Of(Request(conversation), $$"""{"model":"{{model}}"}""");
            Assert.Empty(GeminiBodyRules.Violations(translated.Body));
            using var body = JsonDocument.Parse(translated.Body);
            foreach (var content in body.RootElement.GetProperty("contents").EnumerateArray()) AssertSigned(content, isNeeded: model == RequestTranslation.Model);
        }
    }).Check(Runs);

    [Fact]
    public void Every_turn_begins_with_the_bytes_of_the_turn_before() => Prop.ForAll(Conversations().ToArbitrary(), conversation =>
    {
        var whole = RequestTranslation.Of(Request(conversation)).Text();
        for (var end = 1; end < conversation.Count; end++)
        {
            // What the client sends ends where the assistant is to speak. A summary takes the place of what was before, on purpose.
            if (Role(conversation[end]) != "assistant" || Role(conversation[end - 1]) == "assistant" || conversation.Skip(end).Any(message => message.ToJsonString().Contains("compaction", StringComparison.Ordinal))) continue;
            var part = conversation.Take(end).ToList();
            // A message of empty texts alone is no conversation.
            if (!part.Exists(message => message.ToJsonString().Contains("\"a word", StringComparison.Ordinal))) continue;
            var translated = RequestTranslation.Of(Request(part));
            // A user who says nothing leaves the last word to the assistant.
            if (translated.Degraded.Contains("prefill=instructed")) continue;
            var before = translated.Text();
            // Where the assistant said nothing that stays, the user goes on in the same content.
            var start = before[..before.LastIndexOf("]}]}", StringComparison.Ordinal)];
            Assert.True(whole.StartsWith(start, StringComparison.Ordinal), $"{start}\n{whole}");
        }
    }).Check(Runs);

    private static void AssertSigned(JsonElement content, bool isNeeded)
    {
        var calls = content.GetProperty("parts").EnumerateArray().Where(part => part.TryGetProperty("functionCall", out _)).ToList();
        for (var i = 0; i < calls.Count; i++)
        {
            var signature = calls[i].TryGetProperty("thoughtSignature", out var given) ? given.GetString() : null;
            if (i == 0 && isNeeded) Assert.Contains(signature, (string[])[OwnSignature, ThoughtSignatures.Bypass]);
            else if (signature is not null) Assert.Equal(OwnSignature, signature);
        }
    }

    private static string Role(JsonNode message) => message["role"]!.GetValue<string>();

    private static string Request(List<JsonObject> conversation) => new JsonObject
    {
        ["model"] = "m",
        ["max_tokens"] = 5000,
        ["tools"] = new JsonArray(new JsonObject { ["name"] = "Bash", ["input_schema"] = new JsonObject { ["type"] = "object" } }),
        ["messages"] = new JsonArray([.. conversation.Select(message => message.DeepClone())]),
    }.ToJsonString();

    private static Gen<List<JsonObject>> Conversations() =>
        from first in Gen.Elements(true, false)
        from length in Gen.Choose(1, 5)
        from turns in Gen.ListOf(Turn(), length)
        select (List<JsonObject>)[.. first ? [] : new[] { Message("user", Text("a word")) }, .. turns.SelectMany(turn => turn), Message("user", Text("a word last"))];

    /// <summary>What the assistant says, and what the client answers: perhaps in two messages, with a word of the system's between or behind.</summary>
    private static Gen<List<JsonObject>> Turn() =>
        from said in Gen.ListOf(Said(), 4)
        from calls in Gen.Choose(0, 3)
        from signed in Gen.ListOf(Gen.Elements(true, false), 3)
        from asked in Gen.ListOf(Asked(), 2)
        from order in Gen.Elements(true, false)
        from split in Gen.Choose(0, 3)
        from system in Gen.Choose(0, 3)
        select Turn([.. said], calls, [.. signed], [.. asked], order, split, system);

    private static List<JsonObject> Turn(List<JsonObject> said, int calls, List<bool> signed, List<JsonObject> asked, bool reversed, int split, int system)
    {
        var ids = Enumerable.Range(0, calls).Select(_ => $"toolu_{Interlocked.Increment(ref _ids)}").ToList();
        var assistant = said.Select(block => (JsonObject)block.DeepClone()).ToList();
        for (var i = 0; i < calls; i++)
        {
            if (signed[i]) assistant.Add(Thinking("gemini", RequestTranslation.Model, "call:" + OwnSignature));
            assistant.Add(new JsonObject { ["type"] = "tool_use", ["id"] = ids[i], ["name"] = "Bash", ["input"] = new JsonObject { ["i"] = i } });
        }

        if (reversed) ids.Reverse();
        var results = ids.Select((id, i) => new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id, ["is_error"] = i == 1, ["content"] = i == 2 ? new JsonArray(Image()) : "a word" }).ToList();
        var turn = new List<JsonObject> { Message("assistant", [.. assistant]) };
        if (system == 1) turn.Add(new JsonObject { ["role"] = "system", ["content"] = "a word between" });
        if (split > 0 && split < results.Count) turn.Add(Message("user", [.. results.Take(split), Text("a word first")]));
        turn.Add(Message("user", [.. results.Skip(split > 0 && split < results.Count ? split : 0), .. asked.Select(block => (JsonObject)block.DeepClone())]));
        if (system == 2) turn.Add(new JsonObject { ["role"] = "system", ["content"] = "a word behind" });
        return turn;
    }

    private static Gen<JsonObject> Said() => Gen.Elements<Func<JsonObject>>(
        () => Text("a word said"),
        () => Text(""),
        () => Thinking("gemini", RequestTranslation.Model, "thought:" + OwnSignature),
        () => Thinking("gemini", "gemini-3-flash-preview", "call:T1RIRVI="),
        () => new JsonObject { ["type"] = "thinking", ["thinking"] = "of another", ["signature"] = "EqQB" },
        () => new JsonObject { ["type"] = "redacted_thinking", ["data"] = "x" },
        () => new JsonObject { ["type"] = "server_tool_use", ["id"] = "srvtoolu_1", ["name"] = "web_search", ["input"] = new JsonObject() },
        () => new JsonObject { ["type"] = "fallback" },
        () => new JsonObject { ["type"] = "compaction", ["content"] = "a word of all before" }).Select(make => make());

    private static Gen<JsonObject> Asked() => Gen.Elements<Func<JsonObject>>(() => Text("a word asked"), () => Text(""), () => Text("<system-reminder>a word</system-reminder>"), Image).Select(make => make());

    private static JsonObject Thinking(string provider, string model, string upstream) =>
        new() { ["type"] = "thinking", ["thinking"] = "", ["signature"] = new ThinkingSignature(provider, model, "a thought") { Upstream = upstream }.Seal() };

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    private static JsonObject Image() => new() { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = "image/png", ["data"] = "AAAA" } };

    private static JsonObject Message(string role, params JsonObject[] content) => new() { ["role"] = role, ["content"] = new JsonArray([.. content]) };
}
