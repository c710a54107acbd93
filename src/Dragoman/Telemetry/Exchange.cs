using Dragoman.Delivery;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Telemetry;

/// <summary>What is known of one request while it is handled: filled as it goes through the rooms, read by the log.</summary>
internal sealed class Exchange(string requestId, TimeProvider time) : IAttemptWatch
{
    private readonly long _started = time.GetTimestamp();
    private long _firstToken;
    private List<(Target Target, string Reason)>? _passedOver;

    /// <summary><c>req_…</c>.</summary>
    public string RequestId { get; } = requestId;

    /// <summary>The client's session, shortened; null while none is known.</summary>
    public string? Session { get; set; }

    /// <summary>The model that the client asked for.</summary>
    public string? ClientModel { get; set; }

    /// <summary>The target that answers, or is tried; where none has answered the one whose failure is told.</summary>
    public Target? Target { get; set; }

    /// <summary>Why the request goes where it goes, in words.</summary>
    public string? RouteReason { get; set; }

    /// <summary>A role decided, not the model's name.</summary>
    public bool RoutedByRole { get; set; }

    /// <summary>Targets that weren't asked, and why, in words; null: none.</summary>
    public string? PassedOver => _passedOver is null ? null : Words(_passedOver.Where(entry => entry.Target != Target));

    /// <summary>How long it has waited for lanes.</summary>
    public TimeSpan Queued { get; private set; }

    /// <summary>The client wants a stream.</summary>
    public bool Stream { get; set; }

    /// <summary>HTTP status.</summary>
    public int Status { get; set; } = 200;

    /// <summary>Why there is no good answer.</summary>
    public string? Error { get; set; }

    /// <summary>Is told when a request goes upstream: before the answer, so that a person sees what a silent upstream is busy with.</summary>
    public Action<Exchange>? Sending { get; init; }

    /// <summary>The request that went upstream.</summary>
    public Opened? Opened
    {
        get;
        set
        {
            field = value;
            Sending?.Invoke(this);
        }
    }

    /// <summary>What the upstream said outside its answer's body, where that is passed on.</summary>
    public UpstreamHead? Upstream { get; set; }

    /// <summary>The edits that context management did.</summary>
    public IReadOnlyList<AppliedEdit> AppliedEdits { get; set; } = [];

    /// <summary>The answer to a question for a count of tokens.</summary>
    public int? CountedTokens { get; set; }

    /// <summary>How the answer ended.</summary>
    public Finish? Finish { get; set; }

    /// <summary>The model has begun to answer, whatever became of it.</summary>
    public bool HasAnswer => Finish is not null || _firstToken != 0;

    /// <summary>What is known of the target's price, once it has answered.</summary>
    public Pricing Pricing { get; set; }

    /// <summary>What the answer cost, in US dollars; null when it isn't known: no price, or an upstream that didn't tell what it used.</summary>
    public decimal? Cost
    {
        get
        {
            if (Pricing.Price is not { } price) return null;
            if (price.IsFree) return 0;
            return Finish is { Usage: { IsEstimated: false } usage } ? price.CostOf(usage) : null;
        }
    }

    /// <summary>The stop reason that the client was told.</summary>
    public StopReason? StopReason { get; set; }

    /// <summary>From the request's arrival until now.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    /// <summary>From the request's arrival to the first thing that the model wrote; null before that.</summary>
    public TimeSpan? TimeToFirstToken => _firstToken == 0 ? null : time.GetElapsedTime(_started, _firstToken);

    void IAttemptWatch.Trying(Target target) => Target = target;

    void IAttemptWatch.Queued(TimeSpan time) => Queued += time;

    void IAttemptWatch.PassedOver(Target target, string reason) => (_passedOver ??= []).Add((target, reason));

    void IAttemptWatch.Told(Target target) => Target = target;

    /// <summary>The model has written something.</summary>
    public void MarkToken()
    {
        if (_firstToken == 0) _firstToken = time.GetTimestamp();
    }

    // One that was left alone may be the only one, and was asked after all.
    private static string? Words(IEnumerable<(Target Target, string Reason)> passedOver) =>
        string.Join("; ", passedOver.Select(entry => $"not {entry.Target}: {entry.Reason}")) is { Length: > 0 } words ? words : null;
}
