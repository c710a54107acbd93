using Dragoman.Messages;

namespace Dragoman.Routing;

/// <summary>What keeps the requests of one conversation at one model, whose cache knows it.</summary>
/// <param name="Key">The same for all requests of the conversation.</param>
/// <param name="Source">Where it is from, for people.</param>
internal readonly record struct Affinity(ulong Key, string Source)
{
    // Conversations differ long before this, or in their length; more would only cost time.
    private const int MaxHashedBytes = 16 << 10;

    /// <summary>
    /// The session that the client names, with its sub-agent if one asks: that is a conversation of its own. Without a session the conversation's beginning: system text
    /// and first message stay as they are from turn to turn.
    /// </summary>
    public static Affinity Of(MessagesRequest request)
    {
        if (request.Session is not { Id: { } session, Source: { } source }) return new Affinity(WithBeginning(StableHash.Start, request), "the conversation's beginning");
        var key = StableHash.Add(StableHash.Start, session);
        return new Affinity(request.Session.Agent is { } agent ? StableHash.Add(key, agent) : key, source);
    }

    /// <summary>
    /// Tells apart what <see cref="Of"/> keeps together: a session's side requests begin with another first message than its conversation, and so does a conversation that
    /// was compacted.
    /// </summary>
    public static ulong ConversationOf(MessagesRequest request) => WithFirstMessage(Of(request).Key, request);

    private static ulong WithBeginning(ulong hash, MessagesRequest request)
    {
        foreach (var block in request.System) hash = Add(hash, block.Text);
        return WithFirstMessage(hash, request);
    }

    private static ulong WithFirstMessage(ulong hash, MessagesRequest request)
    {
        if (request.Messages.FirstOrDefault(message => message.Role == Role.User) is not { } first) return hash;
        foreach (var block in first.Content.OfType<TextBlock>()) hash = Add(hash, block.Text);
        return hash;
    }

    private static ulong Add(ulong hash, JsonText text)
    {
        var bytes = text.Escaped.Span;
        return bytes.Length <= MaxHashedBytes ? StableHash.Add(hash, bytes) : StableHash.Add(StableHash.Add(hash, bytes[..MaxHashedBytes]), $"{bytes.Length}");
    }
}
