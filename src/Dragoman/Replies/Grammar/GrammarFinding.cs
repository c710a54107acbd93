namespace Dragoman.Replies.Grammar;

/// <summary>Something about an answer that is not as the protocol has it.</summary>
/// <param name="Frame">Which event of the stream it is about, counted from 1; 0: the answer as a whole.</param>
/// <param name="IsFault">A known client breaks on it, or loses something. False: clients pass over it.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
internal sealed record GrammarFinding(int Frame, bool IsFault, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Frame == 0 ? Message : $"event {Frame}: {Message}";
}
