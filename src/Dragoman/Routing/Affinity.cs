using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Routing;

/// <summary>What keeps the requests of one conversation at one model, whose cache knows it.</summary>
/// <param name="Key">The same for all requests of the conversation.</param>
/// <param name="Source">Where it is from, for people.</param>
internal readonly record struct Affinity(ulong Key, string Source)
{
    // Conversations differ long before this; more would only cost time.
    private const int MaxHashedBytes = 16 << 10;

    /// <summary>
    /// The session that the client names, with its sub-agent if one asks: that is a conversation of its own. Without a session the conversation's beginning: system text
    /// and first message stay as they are from turn to turn.
    /// </summary>
    public static Affinity Of(MessagesRequest request)
    {
        if (ClaudeCode.Session(request) is { } session) return new Affinity(WithAgent(StableHash.Add(StableHash.Start, session), request), ClaudeCode.SessionHeader);
        if (SessionPart(request.UserId) is { } part) return new Affinity(WithAgent(StableHash.Add(StableHash.Start, part), request), "metadata.user_id");
        return new Affinity(OfBeginning(request), "the conversation's beginning");
    }

    private static ulong WithAgent(ulong hash, MessagesRequest request) => ClaudeCode.Agent(request) is { } agent ? StableHash.Add(hash, agent) : hash;

    // Claude Code's is JSON, {"device_id","account_uuid","session_id"}; older ones' user_…_account_…_session_…. Any other is a person, who may have several conversations.
    private static string? SessionPart(string? userId)
    {
        const string mark = "_session_";
        if (userId is not ['{', ..]) return userId?.LastIndexOf(mark, StringComparison.Ordinal) is >= 0 and var at ? userId[(at + mark.Length)..] : null;
        try
        {
            using var parts = JsonDocument.Parse(userId);
            return parts.RootElement.TryGetProperty("session_id", out var session) && session.ValueKind == JsonValueKind.String ? session.GetString() : null;
        }
        catch (JsonException)
        {
            // The field is opaque: whatever it is, it is no session.
            return null;
        }
    }

    private static ulong OfBeginning(MessagesRequest request)
    {
        var hash = StableHash.Start;
        foreach (var block in request.System) hash = Add(hash, block.Text);
        if (request.Messages.FirstOrDefault(message => message.Role == Role.User) is not { } first) return hash;
        foreach (var block in first.Content.OfType<TextBlock>()) hash = Add(hash, block.Text);
        return hash;
    }

    private static ulong Add(ulong hash, JsonText text) => StableHash.Add(hash, text.Escaped.Span[..Math.Min(text.Escaped.Length, MaxHashedBytes)]);
}
