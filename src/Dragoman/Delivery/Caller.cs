using Dragoman.Providers;

namespace Dragoman.Delivery;

/// <summary>How urgent a request is: where a lane is full, those of the first kind go before all of the second.</summary>
internal enum Priority
{
    /// <summary>A conversation that a person waits for.</summary>
    Conversation,

    /// <summary>A sub-agent's work: somebody waits for it, but not for each of its steps.</summary>
    SubAgent,

    /// <summary>What an agent asks for by the way: titles, summaries.</summary>
    Background,
}

/// <summary>Who waits, for lanes that are full.</summary>
/// <param name="Priority">How urgent it is.</param>
/// <param name="Session">The client's session: sessions take turns, and within one the order is kept. Null: one of all that name none.</param>
internal readonly record struct Caller(Priority Priority, string? Session);

/// <summary>Is told what happens while targets are asked.</summary>
internal interface IAttemptWatch
{
    /// <summary>A target is about to be asked, or waited for.</summary>
    void Trying(Target target);

    /// <summary>The request has waited for its lane.</summary>
    void Queued(TimeSpan time);

    /// <summary>A target isn't asked. <paramref name="reason"/> is a half sentence about it.</summary>
    void PassedOver(Target target, string reason);

    /// <summary>None has answered, and this one's failure is what the client is told.</summary>
    void Told(Target target);
}
