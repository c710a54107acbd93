using Dragoman.Delivery;
using Dragoman.Messages;

namespace Dragoman.Http;

/// <summary>Reads whose request it is, and how urgent.</summary>
internal static class CallerReader
{
    private const string SessionHeader = "X-Claude-Code-Session-Id";
    private const string AgentHeader = "X-Claude-Code-Agent-Id";

    /// <summary>Reads the caller; sessions are told apart by Claude Code's own id, else by the user that the request names.</summary>
    /// <param name="http">The request's head.</param>
    /// <param name="request">The request.</param>
    /// <param name="isBackground">The request is one of those that an agent makes by the way.</param>
    public static Caller Read(HttpContext http, MessagesRequest request, bool isBackground)
    {
        var headers = http.Request.Headers;
        var priority = isBackground ? Priority.Background : headers.ContainsKey(AgentHeader) ? Priority.SubAgent : Priority.Conversation;
        return new Caller(priority, headers.TryGetValue(SessionHeader, out var session) ? session.ToString() : request.UserId);
    }
}
