using System.Collections.Immutable;

namespace Dragoman.Upstreams.Serving;

/// <summary>What arrived, in order of arrival. Reading it gives a snapshot, so a test may enumerate while calls come in.</summary>
internal sealed class RequestLog<T>
{
    private ImmutableList<T> entries = [];

    public IReadOnlyList<T> Snapshot => Volatile.Read(ref entries);

    public void Add(T entry) => ImmutableInterlocked.Update(ref entries, (list, added) => list.Add(added), entry);
}
