using System.Runtime.CompilerServices;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tokens;

namespace Dragoman.Tests.Http;

/// <summary>An upstream that does what a test says, event by event.</summary>
internal sealed class ScriptedProvider(Func<MessagesRequest, CancellationToken, IAsyncEnumerable<ReplyEvent>> script) : IProvider
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asked;

    /// <summary>What it has.</summary>
    public IReadOnlyList<ModelInfo> Models { get; init; } = [new ModelInfo { Name = "m", Tools = true }];

    /// <summary>How many requests it takes at once, and how many may wait; null: there is no limit.</summary>
    public (int Concurrency, int Queue)? Lane { get; init; }

    /// <summary>What is known of its price.</summary>
    public Pricing Pricing { get; init; }

    /// <summary>What it counts; null: it can't.</summary>
    public int? Count { get; init; }

    /// <summary>How often it was asked for an answer.</summary>
    public int Asked => _asked;

    /// <summary>The first answer is over, whatever the reason.</summary>
    public Task Left => _left.Task;

    /// <summary>The last request that came.</summary>
    public MessagesRequest? Request { get; private set; }

    /// <summary>Announces itself and then says <paramref name="events"/>.</summary>
    public static ScriptedProvider Saying(params ReplyEvent[] events) => new((_, _) => All([Opened(), .. events]));

    /// <summary>Refuses at once.</summary>
    public static ScriptedProvider Refusing(UpstreamErrorKind kind, string message = "no", TimeSpan? retryAfter = null) =>
        Saying(ReplyEvent.Failed(new UpstreamError(kind, message, retryAfter)));

    /// <summary>The event that every answer begins with.</summary>
    public static ReplyEvent Opened(params string[] degraded) => ReplyEvent.Open(new Opened(default, degraded, new PromptEstimate(7, 7)));

    /// <summary>A piece of text.</summary>
    public static ReplyEvent Text(string text) => ReplyEvent.OfText(JsonText.From(text));

    /// <summary>The good end.</summary>
    public static ReplyEvent Done(StopReason reason = StopReason.EndTurn) => ReplyEvent.Finished(new Finish(reason, new Usage(5, 9)));

    /// <summary>The bad end.</summary>
    public static ReplyEvent Broken(string message = "it broke") => ReplyEvent.Failed(new UpstreamError(UpstreamErrorKind.Broken, message));

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        // The request is a view into a buffer that goes back to its pool.
        Request = MessagesParser.Parse(request.Body.ToArray());
        try
        {
            await foreach (var step in script(request, cancellationToken)) yield return step;
        }
        finally
        {
            _left.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public ValueTask<LaneLimit?> LaneOfAsync(Target target, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Lane is var (concurrency, queue) ? new LaneLimit(new LaneName(target.Provider, Model: null), concurrency, queue) : (LaneLimit?)null);

    /// <inheritdoc/>
    public Pricing PricingOf(Target target) => Pricing;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Models);

    /// <inheritdoc/>
    public ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => ValueTask.FromResult(Count);

    private static async IAsyncEnumerable<ReplyEvent> All(ReplyEvent[] events)
    {
        await Task.Yield();
        foreach (var step in events) yield return step;
    }
}
