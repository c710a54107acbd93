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
        var bodies = await SessionAsync(Session(display));
        for (var turn = 1; turn < bodies.Count; turn++) Assert.StartsWith(Open(bodies[turn - 1]), bodies[turn], StringComparison.Ordinal);
        Assert.Contains("Thought 3", bodies[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("cch=", bodies[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loading_a_tool_changes_nothing_but_the_end_of_the_tools()
    {
        const int loadedAt = 4;
        var bodies = await SessionAsync(Session("omitted", loadedAt));
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

    private static AgentConversation Session(string display, int? loadsToolAt = null) => new(display, (_, thinking) => new ThinkingSignature("ollama", "qwen3:8b", thinking)) { LoadsToolAt = loadsToolAt };

    // Everything but the brackets that close the array and the body: what follows in the next turn stands there.
    private static string Open(string body) => body[..body.LastIndexOf(']')];

    private static (string Head, string Messages) Split(string body)
    {
        const string messages = "\"messages\":[";
        var at = body.IndexOf(messages, StringComparison.Ordinal);
        return (body[..at], body[at..]);
    }

    private static async Task<List<string>> SessionAsync(AgentConversation session)
    {
        var bodies = new List<string>();
        for (var turn = 0; turn < Turns; turn++)
        {
            bodies.Add((await Translation.OfAsync(session.Request())).Body);
            session.Play(turn);
        }

        return bodies;
    }
}
