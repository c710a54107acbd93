using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace Dragoman.Bench.Measure;

/// <summary>Says which types a process allocates most, from the runtime's own samples: one for every 100 kB or so.</summary>
internal sealed class AllocationSampler : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Gc = (EventKeywords)0x1;

    private readonly ConcurrentDictionary<string, long> _bytes = new(StringComparer.Ordinal);

    /// <summary>The twenty that were sampled most since the last call, a line each.</summary>
    public string Take()
    {
        var lines = _bytes.OrderByDescending(type => type.Value).Take(20).Select(type => string.Create(CultureInfo.InvariantCulture, $"{type.Value,14:N0} {type.Key}")).ToList();
        _bytes.Clear();
        return string.Join('\n', lines);
    }

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime) EnableEvents(eventSource, EventLevel.Verbose, Gc);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) != true) return;
        object? Field(string name) => eventData.PayloadNames!.IndexOf(name) is >= 0 and var at ? eventData.Payload![at] : null;
        if (Field("TypeName") is string type && Field("AllocationAmount64") is ulong amount) _bytes.AddOrUpdate(type, (long)amount, (_, known) => known + (long)amount);
    }
}
