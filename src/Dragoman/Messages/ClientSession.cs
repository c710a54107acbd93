using System.Text.Json;

namespace Dragoman.Messages;

/// <summary>
/// Which session a request belongs to, and who of it asks, as far as its client tells. Claude Code names its session in a header of each request, and once more in
/// <c>metadata.user_id</c>; other clients, and its older versions, name one there or nowhere.
/// </summary>
internal sealed class ClientSession
{
    /// <summary>Claude Code's header that names the session; on every request.</summary>
    public const string Header = "x-claude-code-session-id";

    /// <summary>Claude Code's header that names a sub-agent.</summary>
    public const string AgentHeader = "x-claude-code-agent-id";

    private const string UserField = "metadata.user_id";

    // Enough to tell sessions apart, too few to be of use to anybody else.
    private const int ShownCharacters = 8;

    private readonly string? _user;

    private ClientSession(ClientHead client, string? userId)
    {
        _user = Some(userId);
        Agent = Some(client.Header(AgentHeader));
        if (Some(client.Header(Header)) is { } named) (Id, Source) = (named, Header);
        else if (SessionPart(_user) is { } part) (Id, Source) = (part, UserField);
    }

    /// <summary>The session; null when the client names none.</summary>
    public string? Id { get; }

    /// <summary>Where <see cref="Id"/> stands in the request, for people; null without one.</summary>
    public string? Source { get; }

    /// <summary>The sub-agent that asks, or for which is asked; null: none.</summary>
    public string? Agent { get; }

    /// <summary>Claude Code itself asks.</summary>
    public bool IsClaudeCode => Source == Header;

    /// <summary>Whose turn it is where sessions take turns, and who keeps a key: the session, else the user that the request names, who may have several. Null: nobody is named.</summary>
    public string? Owner => Id ?? _user;

    /// <summary>The letters that stand for the session everywhere; null without one.</summary>
    public string? ShortId => Short(Id);

    /// <summary>What a request tells.</summary>
    /// <param name="client">Its head.</param>
    /// <param name="userId">Its <c>metadata.user_id</c>.</param>
    public static ClientSession Of(ClientHead client, string? userId) => new(client, userId);

    /// <summary>The letters that stand for a session; null for none.</summary>
    public static string? Short(string? id) => id is { Length: > ShownCharacters } ? id[..ShownCharacters] : Some(id);

    // Claude Code's is JSON, {"device_id","account_uuid","session_id"}; older ones' user_…_account_…_session_…. Any other is a person, who may have several conversations.
    private static string? SessionPart(string? userId)
    {
        const string mark = "_session_";
        if (userId is not ['{', ..]) return userId?.LastIndexOf(mark, StringComparison.Ordinal) is >= 0 and var at ? Some(userId[(at + mark.Length)..]) : null;
        try
        {
            using var parts = JsonDocument.Parse(userId);
            return parts.RootElement.TryGetProperty("session_id", out var session) && session.ValueKind == JsonValueKind.String ? Some(session.GetString()) : null;
        }
        catch (Exception opaque) when (opaque is JsonException or InvalidOperationException or ArgumentException)
        {
            // The field is opaque: whatever it is (half a surrogate pair is neither JSON nor text), it is no session.
            return null;
        }
    }

    private static string? Some(string? text) => text is { Length: > 0 } ? text : null;
}
