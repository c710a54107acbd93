using System.Text;
using System.Text.Json;
using Dragoman.Replies;

namespace Dragoman.Tests.Providers.Gemini.Request;

/// <summary>Google's implicit cache works on identical beginnings, so the conversation of one turn must be a prefix of the next one's, byte for byte.</summary>
public sealed class GeminiStabilityTests
{
    private const int Turns = 20;

    [Theory]
    [InlineData("gemini-3.1-pro-preview", "summarized", 1)]
    [InlineData("gemini-3.1-pro-preview", "omitted", 1)]
    // Every third thinking block is another model's, so its call gets the bypass.
    [InlineData("gemini-3.1-pro-preview", "omitted", 3)]
    [InlineData("gemini-2.5-flash", "summarized", 1)]
    public void Each_turn_of_an_agent_begins_with_the_bytes_of_the_turn_before(string model, string display, int ownEvery)
    {
        var bodies = Session(model, new AgentConversation(display, (turn, thinking) => Sign(model, turn, thinking, isOwn: turn % 3 != 1 || ownEvery == 1)));
        for (var turn = 1; turn < bodies.Count; turn++) Assert.StartsWith(Open(bodies[turn - 1]), bodies[turn], StringComparison.Ordinal);
        Assert.DoesNotContain("cch=", bodies[^1], StringComparison.Ordinal);
        Assert.Equal(ownEvery > 1, bodies[^1].Contains("skip_thought_signature_validator", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_step_of_a_long_loop_gives_back_its_own_signature_on_its_first_call()
    {
        var bodies = Session(RequestTranslation.Model, new AgentConversation("omitted", (turn, thinking) => Sign(RequestTranslation.Model, turn, thinking, isOwn: true)));
        using var body = JsonDocument.Parse(bodies[^1]);
        var steps = body.RootElement.GetProperty("contents").EnumerateArray()
            .Select(content => content.GetProperty("parts").EnumerateArray().Where(part => part.TryGetProperty("functionCall", out _)).ToList()).Where(calls => calls.Count > 0).ToList();
        Assert.Equal(Turns - 1, steps.Count);
        for (var turn = 0; turn < steps.Count; turn++)
        {
            Assert.Equal(Signature(turn), steps[turn][0].GetProperty("thoughtSignature").GetString());
            Assert.All(steps[turn].Skip(1), call => Assert.False(call.TryGetProperty("thoughtSignature", out _)));
        }
    }

    [Fact]
    public void Loading_a_tool_changes_nothing_but_the_end_of_the_tools()
    {
        const int loadedAt = 4;
        var bodies = Session(RequestTranslation.Model, new AgentConversation("omitted", (turn, thinking) => Sign(RequestTranslation.Model, turn, thinking, isOwn: true)) { LoadsToolAt = loadedAt });
        for (var turn = 1; turn < bodies.Count; turn++)
        {
            var (before, after) = (Split(bodies[turn - 1]), Split(bodies[turn]));
            Assert.StartsWith(Open(before.Contents), after.Contents, StringComparison.Ordinal);
            if (turn == loadedAt) Assert.StartsWith(before.Tools[..before.Tools.LastIndexOf("]}]", StringComparison.Ordinal)], after.Tools, StringComparison.Ordinal);
            else Assert.Equal(before.Tools, after.Tools);
        }

        Assert.Contains("\"name\":\"WebFetch\"", Split(bodies[^1]).Tools, StringComparison.Ordinal);
    }

    private static List<string> Session(string model, AgentConversation session)
    {
        var bodies = new List<string>();
        for (var turn = 0; turn < Turns; turn++)
        {
            var translated = RequestTranslation.Of(Encoding.UTF8.GetString(session.Request()), $$"""{"model":"{{model}}"}""");
            Assert.Empty(GeminiBodyRules.Violations(translated.Body));
            bodies.Add(translated.Text());
            session.Play(turn);
        }

        return bodies;
    }

    private static ThinkingSignature Sign(string model, int turn, string? thinking, bool isOwn) =>
        isOwn ? new ThinkingSignature("gemini", model, thinking) { Upstream = "call:" + Signature(turn) } : new ThinkingSignature("ollama", "qwen3:8b", thinking);

    private static string Signature(int turn) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"signature of step {turn}"));

    // Everything but the brackets that close the array and the body: what follows in the next turn stands there.
    private static string Open(string body) => body[..body.LastIndexOf("]}", StringComparison.Ordinal)];

    private static (string Tools, string Contents) Split(string body)
    {
        var (tools, end, contents) = (body.IndexOf("\"tools\":", StringComparison.Ordinal), body.IndexOf(",\"toolConfig\":", StringComparison.Ordinal), body.IndexOf("\"contents\":", StringComparison.Ordinal));
        return (body[tools..end], body[contents..]);
    }
}
