namespace Dragoman.Providers;

/// <summary>Says when progress is worth a line: every 10 %, and at the end. Enough to see that it goes on, little enough for a log.</summary>
internal struct Milestones
{
    private const int Step = 10;
    private const int Whole = 100;

    private int _due;

    /// <summary>True when the next milestone is reached; each counts once, also when the total grows and the share falls.</summary>
    /// <param name="done">How much is done.</param>
    /// <param name="total">Of how much, over 0.</param>
    /// <param name="percent">The share of it.</param>
    public bool Reached(long done, long total, out int percent)
    {
        percent = (int)Math.Clamp(done * Whole / total, 0, Whole);
        if (percent < _due) return false;
        _due = percent - (percent % Step) + Step;
        return true;
    }
}
