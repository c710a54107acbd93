using Dragoman.Providers;

namespace Dragoman.Delivery;

/// <summary>One question to one target: leave to ask it and a place in its lane, until it is disposed.</summary>
/// <param name="Target">What is asked.</param>
/// <param name="Provider">Who asks it.</param>
/// <param name="Pass">The leave.</param>
/// <param name="Slot">The place; null: there is no limit.</param>
internal sealed record Attempt(Target Target, IProvider Provider, CircuitPass Pass, LaneSlot? Slot) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Pass.Abandon();
        Slot?.Dispose();
    }
}
