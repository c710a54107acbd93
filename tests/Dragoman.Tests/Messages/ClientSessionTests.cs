using System.Text;
using Dragoman.Messages;

namespace Dragoman.Tests.Messages;

/// <summary>Which session a request belongs to.</summary>
public sealed class ClientSessionTests
{
    [Theory]
    [InlineData("header", "{\"session_id\":\"other\"}", "header", "x-claude-code-session-id", "header")]
    [InlineData(null, "{\"device_id\":\"d\",\"session_id\":\"one\"}", "one", "metadata.user_id", "one")]
    [InlineData("", "user_a_account_b_session_one", "one", "metadata.user_id", "one")]
    [InlineData(null, "somebody", null, null, "somebody")]
    [InlineData(null, "user_a_session_", null, null, "user_a_session_")]
    [InlineData(null, "{\"session_id\":\"\"}", null, null, "{\"session_id\":\"\"}")]
    [InlineData(null, "{\"session_id\":7}", null, null, "{\"session_id\":7}")]
    [InlineData(null, "{not json", null, null, "{not json")]
    [InlineData(null, "", null, null, null)]
    [InlineData(null, null, null, null, null)]
    public void A_session_is_the_header_s_else_the_one_in_the_user_s_id(string? header, string? user, string? id, string? source, string? owner)
    {
        var session = ClientSession.Of(Head(header), user);
        Assert.Equal((id, source, owner, header == "header"), (session.Id, session.Source, session.Owner, session.IsClaudeCode));
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_user_s_id_is_no_session()
    {
        Assert.Null(ClientSession.Of(ClientHead.None, """{"session_id":"\ud800"}""").Id);
        Assert.Null(ClientSession.Of(ClientHead.None, $$"""{"session_id":"{{'\ud800'}}"}""").Id);
    }

    [Fact]
    public void It_is_shown_by_its_first_letters()
    {
        Assert.Equal("01234567", ClientSession.Of(Head("0123456789abcdef"), userId: null).ShortId);
        Assert.Equal("s", ClientSession.Short("s"));
        Assert.Null(ClientSession.Short(""));
        Assert.Null(ClientSession.Of(ClientHead.None, userId: "somebody").ShortId);
    }

    [Fact]
    public void It_is_found_once_and_anew_in_a_copy_with_another_head()
    {
        var request = MessagesParser.Parse(Encoding.UTF8.GetBytes("""{"model":"m","max_tokens":1,"metadata":{"user_id":"a_session_b"},"messages":[{"role":"user","content":"hi"}]}"""));
        Assert.Equal("b", request.Session.Id);
        Assert.Same(request.Session, request.Session);
        Assert.Same(request.Session, (request with { Model = "other" }).Session);
        Assert.Equal("header", (request with { Client = Head("header") }).Session.Id);
        Assert.Equal("c", (request with { UserId = "a_session_c" }).Session.Id);
    }

    private static ClientHead Head(string? session) => session is null ? ClientHead.None : new ClientHead { Headers = [new("X-Claude-Code-Session-Id", session)] };
}
