using Dragoman.Providers;

namespace Dragoman.Delivery;

/// <summary>One question to one target: leave to ask it and a place in its lane, until it is disposed.</summary>
/// <param name="Provider">Who asks.</param>
/// <param name="Pass">The leave.</param>
/// <param name="Slot">The place; null: there is no limit.</param>
internal sealed record Attempt(IProvider Provider, CircuitPass Pass, LaneSlot? Slot) : IDisposable
{
    /// <summary>What is asked.</summary>
    public Target Target => Pass.Target;

    /// <inheritdoc/>
    public void Dispose()
    {
        Pass.Abandon();
        Slot?.Dispose();
    }
}
