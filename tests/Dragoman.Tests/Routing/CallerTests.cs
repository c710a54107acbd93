using System.Text;
using Dragoman.Delivery;
using Dragoman.Messages;
using Dragoman.Routing;

namespace Dragoman.Tests.Routing;

/// <summary>Who waits, and how urgent it is, as far as a request of Claude Code tells.</summary>
public sealed class CallerTests
{
    private const string Turn = """{"model":"m","max_tokens":100,"metadata":{"user_id":"somebody"},"tools":[{"name":"Bash","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"hi"}]}""";
    private const string Probe = """{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"quota"}]}""";

    [Theory]
    [InlineData(Turn, "", "Conversation", "s-1")]
    [InlineData(Turn, "x-claude-code-agent-id", "SubAgent", "s-1")]
    [InlineData(Probe, "", "Background", "s-1")]
    public void Conversations_go_before_sub_agents_and_those_before_side_requests(string body, string header, string priority, string session)
    {
        var headers = new List<KeyValuePair<string, string>> { new("x-claude-code-session-id", "s-1") };
        if (header.Length > 0) headers.Add(new KeyValuePair<string, string>(header, "a-1"));
        var caller = ClaudeCode.Caller(Request(body, headers));
        Assert.Equal((priority, session), (caller.Priority.ToString(), caller.Session));
    }

    [Fact]
    public void Without_a_session_the_user_that_the_request_names_counts()
    {
        Assert.Equal(new Caller(Priority.Conversation, "somebody"), ClaudeCode.Caller(Request(Turn, [])));
        // Nobody knows whose it is, so nobody may say that it can wait.
        Assert.Equal(new Caller(Priority.Conversation, Session: null), ClaudeCode.Caller(Request(Probe, [])));
    }

    private static MessagesRequest Request(string body, List<KeyValuePair<string, string>> headers) =>
        MessagesParser.Parse(Encoding.UTF8.GetBytes(body)) with { Client = new ClientHead { Headers = headers } };
}
