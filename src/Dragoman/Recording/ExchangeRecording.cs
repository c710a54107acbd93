using System.Text.Json;

namespace Dragoman.Recording;

/// <summary>One exchange while it is recorded: what the client sent and got, and what went to upstreams and came back. In memory until it is over.</summary>
/// <param name="time">The clock.</param>
/// <param name="id">The request's id.</param>
internal sealed class ExchangeRecording(TimeProvider time, string id)
{
    // A chain of fallbacks with retries asks this often at most; a defect that asks for ever must not fill the memory.
    private const int MaxCalls = 50;

    private readonly Lock _lock = new();
    private readonly List<UpstreamCall> _calls = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>The request's id.</summary>
    public string Id => id;

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>When it began, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long Started { get; } = time.GetTimestamp();

    /// <summary>What the client asked: method and path.</summary>
    public required (string Method, string Path) Asked { get; init; }

    /// <summary>The client's headers.</summary>
    public required IReadOnlyList<(string Name, string Value)> ClientHeaders { get; init; }

    /// <summary>The client's request.</summary>
    public RecordedPart ClientRequest { get; } = new();

    /// <summary>What the client got.</summary>
    public RecordedPart ClientAnswer { get; } = new();

    /// <summary>Headers of what the client got.</summary>
    public IReadOnlyList<(string Name, string Value)> AnswerHeaders { get; set; } = [];

    /// <summary>Writes what the gateway knows of the exchange into the description.</summary>
    public Action<Utf8JsonWriter>? Describe { get; set; }

    /// <summary>The requests to upstreams so far.</summary>
    public IReadOnlyList<UpstreamCall> Calls
    {
        get
        {
            lock (_lock) return [.. _calls];
        }
    }

    /// <summary>Adds a request to an upstream.</summary>
    public void Add(UpstreamCall call)
    {
        lock (_lock)
        {
            if (_calls.Count < MaxCalls) _calls.Add(call);
        }
    }
}
